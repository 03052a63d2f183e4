import type { CaptureMailRow, EditMailRow, ExchangeMailRow, MailedItem, RefundMailRow, ReturnMailRow } from '../after-sale-queries.js'
import type { OrderMailRow } from '../queries.js'
import { type MailWords, mailWordsOf } from '../words/index.js'
import { button, closingLines, escapeHtml, formatMoney, heading, page, paragraph, type RenderedMail } from './layout.js'
import { orderedLines } from './ordered-lines.js'

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
  /** The order's page; null where no storefront is known. */
  orderUrl: string | null
  /** The page on which it is paid; null where nothing is to be paid, or no storefront is known. */
  payUrl: string | null
  /** How it is paid where a person sees to it; null where the store says nothing, or it is paid otherwise. */
  byHand: { name: string; text: string; amount_minor: number } | null
}

/** @param isMoneyTold what is still to be paid or comes back is said in other words, or by other mails */
function render({ order, orderUrl, payUrl }: Settling, notice: Notice, isMoneyTold = false): RenderedMail {
  const words = mailWordsOf(order.locale)
  const lists = (notice.lists ?? []).filter(({ lines }) => lines.length > 0)
  const link = isMoneyTold ? null : payUrl
  const money = isMoneyTold ? null : moneyOf(order, words)
  const closing = [...(money === null ? [] : [money]), ...(notice.closing ?? [])]
  const text = [
    ...notice.lead,
    ...lists.flatMap((list) => ['', list.heading, ...list.lines.map((line) => `  ${line}`)]),
    '',
    ...closing,
    ...(link === null ? [] : ['', `${words.payHere}: ${link}`]),
    ...(orderUrl === null ? [] : ['', `${words.seeOrder}: ${orderUrl}`]),
    '',
    ...closingLines(words, order),
  ]
  const html = [
    ...notice.lead.map(paragraph),
    ...lists.map((list) => `${heading(list.heading)}<ul>${list.lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`),
    ...closing.map(paragraph),
    ...(link === null ? [] : [button(words.payHere, link)]),
    ...(orderUrl === null ? [] : [`<p><a href="${escapeHtml(orderUrl)}">${escapeHtml(words.seeOrder)}</a></p>`]),
  ]
  return { subject: notice.subject, text: text.join('\n'), html: page(notice.subject, html.join(''), words, order) }
}

function moneyOf(order: OrderMailRow, words: MailWords): string | null {
  const money = (minor: bigint) => formatMoney(minor, order.currency_code, order.locale)
  if (order.open_minor > 0n) return words.stillToPay(money(order.open_minor))
  return order.surplus_minor > 0n ? words.comesBack(money(order.surplus_minor)) : null
}

const pieces = (items: readonly MailedItem[]) => items.map((item) => `${item.quantity} × ${item.title}`)

/** How mails name an order: its number and its store, in the order's language. */
function of(order: OrderMailRow): { words: MailWords; number: string; shop: string } {
  return { words: mailWordsOf(order.locale), number: `#${order.display_id}`, shop: order.store_name }
}

/** What an order would come to by an edit, in minor units; `more` is what would then be owed, below nothing what would come back. */
export interface AfterEdit {
  total_minor: bigint
  more_minor: bigint
}

/** The mail when staff ask the shopper to agree to a change of an order, or have changed it. `after`: what it would come to. */
export function editNotice(settling: Settling, edit: EditMailRow, after: AfterEdit | null): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const money = (minor: bigint) => formatMoney(minor, order.currency_code, order.locale)
  const lists = [
    { heading: after === null ? words.added : words.toBeAdded, lines: [...pieces(edit.added), ...edit.shipping] },
    {
      heading: after === null ? words.changedLines : words.toBeChanged,
      lines: edit.changed.map((item) => `${item.title}: ${item.quantity}`),
    },
  ]
  if (after === null) {
    const [subject, lead] = [words.changed(number, shop), [words.changedLead(number, shop)]]
    return render(settling, { subject, lead, lists, closing: [words.comesTo(money(order.total_minor))] })
  }
  const difference =
    after.more_minor > 0n
      ? [words.wouldPay(money(after.more_minor))]
      : after.more_minor < 0n
        ? [words.wouldComeBack(money(-after.more_minor))]
        : []
  const closing = [words.wouldComeTo(money(after.total_minor)), ...difference]
  // Nothing of it is done yet: what is owed now is not what is asked about.
  return render(settling, { subject: words.proposed(number, shop), lead: [words.proposedLead(number, shop)], lists, closing }, true)
}

/** The mail when an exchange or a claim was agreed (what comes back and how, what is sent, who owes the difference), or is called off. */
export function exchangeNotice(settling: Settling, exchange: ExchangeMailRow, back: ReturnMailRow | undefined): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const isExchange = exchange.type === 'exchange'
  if (exchange.status === 'canceled') {
    const subject = (isExchange ? words.exchangeOff : words.claimOff)(exchange.display_id, number, shop)
    return render(settling, { subject, lead: [words.swapOffLead(number, shop), ...(back === undefined ? [] : [words.offAnyway])] })
  }
  return render(settling, {
    subject: (isExchange ? words.exchange : words.claim)(exchange.display_id, number, shop),
    lead: [(isExchange ? words.exchangeLead : words.claimLead)(number, shop)],
    lists: [
      { heading: words.claimed, lines: pieces(exchange.claimed) },
      { heading: words.weSend, lines: pieces(exchange.sent) },
      ...(back === undefined ? [] : sendingBack(order, back)),
    ],
  })
}

/** The mail when goods are to come back, have come, or need not come any more. */
export function returnNotice(settling: Settling, back: ReturnMailRow, event: 'requested' | 'received' | 'canceled'): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  if (event === 'canceled') {
    return render(settling, {
      subject: words.returnOff(back.display_id, number, shop),
      lead: [words.returnOffLead(number, shop), words.offAnyway],
    })
  }
  if (event === 'requested') {
    return render(settling, {
      subject: words.returned(back.display_id, number, shop),
      lead: [words.returnedLead(number, shop)],
      lists: sendingBack(order, back, true),
    })
  }
  const arrived = back.items.filter((item) => item.received + item.damaged > 0)
  return render(settling, {
    subject: words.arrived(back.display_id, number),
    lead: [words.arrivedLead(number, shop)],
    lists: [
      {
        heading: words.arrivedPieces,
        lines: arrived.map((item) => words.ofPieces(item.received + item.damaged, item.quantity, item.title)),
      },
      {
        heading: words.damagedPieces,
        lines: pieces(arrived.flatMap((item) => (item.damaged > 0 ? { ...item, quantity: item.damaged } : []))),
      },
    ],
  })
}

/** @param isKept what sending back costs is kept from what is given back; an exchange or a claim counts it otherwise */
function sendingBack(order: OrderMailRow, back: ReturnMailRow, isKept = false): { heading: string; lines: string[] }[] {
  const words = mailWordsOf(order.locale)
  const price = back.shipping_minor > 0n ? formatMoney(back.shipping_minor, order.currency_code, order.locale) : ''
  return [
    { heading: words.sendBack(back.display_id), lines: pieces(back.items) },
    {
      heading: words.how,
      lines:
        back.shipping_name === null
          ? []
          : [isKept || price === '' ? words.wayBack(back.shipping_name, price) : `${back.shipping_name}, ${price}`],
    },
    { heading: words.whereTo, lines: back.places.map((place) => addressLine(place, words)) },
  ]
}

function addressLine({ vendor, name, address }: ReturnMailRow['places'][number], words: MailWords): string {
  if (address === null) return words.addressFollows(vendor)
  const parts = ['address_1', 'address_2', 'postal_code', 'city', 'province', 'country_code'].map((part) => address[part])
  const country = parts.pop()
  const line = [name === vendor ? null : name, ...parts, country?.toUpperCase()]
  return [vendor, ...line].filter((part) => part !== undefined && part !== null && part !== '').join(', ')
}

/** The mail when money went back. */
export function refundNotice(settling: Settling, refund: RefundMailRow): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const amount = formatMoney(refund.amount_minor, refund.currency_code, order.locale)
  return render(settling, { subject: words.refunded(amount, number), lead: [words.refundedLead(amount, number, shop)] }, true)
}

/** The mail in which staff ask for what is still to be paid: the invoice of a draft order, or of what an order came to more. */
export function paymentRequest(settling: Settling): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const { parts, sums, total } = orderedLines(order, words)
  const lines = [...parts.flatMap((part) => part.lines), ...sums].map(({ label, amount }) => `${label}   ${amount}`)
  return render(settling, {
    subject: words.toPay(number, shop),
    lead: [words.toPayLead(number, shop)],
    lists: [{ heading: words.ordered, lines }],
    closing: [`${total}.`],
  })
}

/** The mail when money came that was not there when the order was placed. */
export function paymentReceipt(settling: Settling, { amount_minor, currency_code }: CaptureMailRow): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const amount = formatMoney(amount_minor, currency_code, order.locale)
  return render(settling, { subject: words.paid(number, shop), lead: [words.paidLead(amount, number)] })
}

/** The mail when an order is canceled as a whole. */
export function cancellation(settling: Settling): RenderedMail {
  const { order } = settling
  const { words, number, shop } = of(order)
  const money = order.paid_minor > 0n ? words.canceledMoney : words.canceledUnpaid
  return render(settling, { subject: words.canceled(number, shop), lead: [words.canceledLead(number, shop), money] }, true)
}
