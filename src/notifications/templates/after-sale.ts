import type { EditMailRow, ExchangeMailRow, MailedItem, RefundMailRow, ReturnMailRow } from '../after-sale-queries.js'
import type { OrderMailRow } from '../queries.js'
import { escapeHtml, formatMoney, page, type RenderedMail } from './layout.js'

/** What mails after the sale are made of: sentences, lists under a heading, and where to pay. */
interface Notice {
  subject: string
  lead: readonly string[]
  lists?: readonly { heading: string; lines: readonly string[] }[]
  closing?: readonly string[]
}

/** What an order’s shopper is to pay or gets back, and where: the same in every mail after the sale. */
export interface Settling {
  order: OrderMailRow
  /** The page on which it is paid; null where no storefront is known. */
  payUrl: string | null
}

function render({ order, payUrl }: Settling, notice: Notice): RenderedMail {
  const lists = (notice.lists ?? []).filter(({ lines }) => lines.length > 0)
  const link = order.open_minor > 0n ? payUrl : null
  const money = moneyOf(order)
  const closing = [...(money === null ? [] : [money]), ...(notice.closing ?? [])]
  const text = [
    ...notice.lead,
    ...lists.flatMap(({ heading, lines }) => ['', heading, ...lines.map((line) => `  ${line}`)]),
    '',
    ...closing,
    ...(link === null ? [] : ['', `Pay here: ${link}`]),
    '',
    order.store_name,
  ]
  const paragraph = (words: string) => `<p>${escapeHtml(words)}</p>`
  const html = [
    ...notice.lead.map(paragraph),
    ...lists.map(
      ({ heading, lines }) =>
        `<h2 style="font-size:16px;margin:24px 0 4px">${escapeHtml(heading)}</h2>` +
        `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
    ),
    ...closing.map(paragraph),
    ...(link === null ? [] : [`<p><a href="${escapeHtml(link)}" style="word-break:break-all">Pay here</a></p>`]),
  ]
  return { subject: notice.subject, text: text.join('\n'), html: page(notice.subject, html.join(''), order.store_name) }
}

function moneyOf(order: OrderMailRow): string | null {
  if (order.open_minor > 0n) return `Still to be paid: ${formatMoney(order.open_minor, order.currency_code)}.`
  if (order.surplus_minor > 0n) return `You get ${formatMoney(order.surplus_minor, order.currency_code)} back, the way you paid.`
  return null
}

const pieces = (items: readonly MailedItem[]) => items.map((item) => `${item.quantity} × ${item.title}`)
const ofStore = (order: OrderMailRow) => `order #${order.display_id} at ${order.store_name}`

/** The mail when staff ask the shopper to agree to a change of an order, or have changed it. `after`: what it would come to. */
export function editNotice(
  settling: Settling,
  edit: EditMailRow,
  after: { total: string; difference: string | null } | null,
): RenderedMail {
  const { order } = settling
  const lists = [
    { heading: after === null ? 'Added' : 'To be added', lines: [...pieces(edit.added), ...edit.shipping] },
    { heading: after === null ? 'Changed' : 'To be changed', lines: edit.changed.map((item) => `${item.title}: ${item.quantity}`) },
  ]
  if (after === null) {
    return render(settling, {
      subject: `Your ${ofStore(order)} was changed`,
      lead: [`Your ${ofStore(order)} was changed.`],
      lists,
      closing: [`It comes to ${formatMoney(order.total_minor, order.currency_code)}.`],
    })
  }
  // Nothing of it is done yet: what is owed now is not what is asked about.
  return render(
    { order: { ...order, open_minor: 0n, surplus_minor: 0n }, payUrl: null },
    {
      subject: `A change to your ${ofStore(order)}`,
      lead: [`We would like to change your ${ofStore(order)}. Nothing is changed before you agree: answer this mail, or tell us.`],
      lists,
      closing: [`It would come to ${after.total}.`, ...(after.difference === null ? [] : [after.difference])],
    },
  )
}

/** The mail when an exchange or a claim was agreed: what comes back and how, what is sent, and who owes the difference. */
export function exchangeNotice(settling: Settling, exchange: ExchangeMailRow, back: ReturnMailRow | undefined): RenderedMail {
  const { order } = settling
  const isExchange = exchange.type === 'exchange'
  const what = isExchange ? 'exchange' : 'claim'
  return render(settling, {
    subject: `Your ${what} #${exchange.display_id} for ${ofStore(order)}`,
    lead: [isExchange ? `We exchange goods of your ${ofStore(order)}.` : `We have noted your claim about goods of your ${ofStore(order)}.`],
    lists: [
      { heading: 'Claimed', lines: pieces(exchange.claimed) },
      { heading: 'We send you', lines: pieces(exchange.sent) },
      ...(back === undefined ? [] : sendingBack(order, back)),
    ],
  })
}

/** The mail when goods are to come back, or have. */
export function returnNotice(settling: Settling, back: ReturnMailRow, event: 'requested' | 'received'): RenderedMail {
  const { order } = settling
  if (event === 'requested') {
    return render(settling, {
      subject: `Your return #${back.display_id} of ${ofStore(order)}`,
      lead: [`You return goods of your ${ofStore(order)}.`],
      lists: sendingBack(order, back),
    })
  }
  const arrived = back.items.filter((item) => item.received + item.damaged > 0)
  return render(settling, {
    subject: `Your return #${back.display_id} has arrived (order #${order.display_id})`,
    lead: [`Goods of your ${ofStore(order)} are back with us.`],
    lists: [
      { heading: 'Arrived', lines: arrived.map((item) => `${item.received + item.damaged} of ${item.quantity} × ${item.title}`) },
      {
        heading: 'Arrived damaged',
        lines: pieces(arrived.flatMap((item) => (item.damaged > 0 ? { ...item, quantity: item.damaged } : []))),
      },
    ],
  })
}

function sendingBack(order: OrderMailRow, back: ReturnMailRow): { heading: string; lines: string[] }[] {
  const how =
    back.shipping_name === null
      ? []
      : [`${back.shipping_name}${back.shipping_minor > 0n ? `, ${formatMoney(back.shipping_minor, order.currency_code)}` : ''}`]
  return [
    { heading: `Please send back, with the number ${back.display_id} in the parcel`, lines: pieces(back.items) },
    { heading: 'How', lines: how },
    { heading: 'Where to', lines: back.location === null ? [] : [addressLine(back.location)] },
  ]
}

function addressLine({ name, address }: NonNullable<ReturnMailRow['location']>): string {
  const parts = ['address_1', 'address_2', 'postal_code', 'city', 'province', 'country_code'].map((part) => address?.[part])
  const country = parts.pop()
  return [name, ...parts, country?.toUpperCase()].filter((part) => part !== undefined && part !== null && part !== '').join(', ')
}

/** The mail when money went back. */
export function refundNotice(settling: Settling, refund: RefundMailRow): RenderedMail {
  const { order } = settling
  const amount = formatMoney(refund.amount_minor, refund.currency_code)
  return render(
    // What else is open is told by its own mails.
    { order: { ...order, open_minor: 0n, surplus_minor: 0n }, payUrl: null },
    {
      subject: `${amount} of your order #${order.display_id} come back to you`,
      lead: [`We have given back ${amount} of your ${ofStore(order)}, the way you paid. It can take some days until you see it.`],
    },
  )
}

/** The mail in which staff ask for what is still to be paid: the invoice of a draft order, or of what an order came to more. */
export function paymentRequest(settling: Settling): RenderedMail {
  const { order } = settling
  const items = order.parts.flatMap((part) => part.items)
  return render(settling, {
    subject: `To be paid: your ${ofStore(order)}`,
    lead: [`This is your ${ofStore(order)}.`],
    lists: [
      {
        heading: 'Ordered',
        lines: items.map((item) => `${item.quantity} × ${item.title}   ${formatMoney(item.total_minor, order.currency_code)}`),
      },
    ],
    closing: [
      `Total ${formatMoney(order.total_minor, order.currency_code)}, of which tax ${formatMoney(order.tax_total_minor, order.currency_code)}.`,
    ],
  })
}
