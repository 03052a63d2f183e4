import { randomUUID } from 'node:crypto'
import type { Order, OrderItem, ShippingOption } from '../answers.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { readOrder } from '../orders.js'
import { WriteToUs } from '../parts/contact.js'
import { noProblems, ProblemList, type Problems, Select, TextArea } from '../parts/fields.js'
import { Picture } from '../parts/picture.js'
import { VariantTitle } from '../parts/variant-title.js'
import { refusalIn } from '../refusals.js'
import type { Visit } from '../visit.js'
import { afterSaleWordsOf } from '../words/after-sale.js'
import { orderPayingWordsOf } from '../words/order-paying.js'

interface Reason {
  id: string
  label: string
  return_reason_children: readonly { id: string }[]
}

/** What the page is made of: what can go back to whom, why, and how. */
interface Returnable {
  order: Order
  parts: readonly ReturnablePart[]
  reasons: readonly Reason[]
  /** Of all the order's vendors. */
  options: readonly ShippingOption[]
}

/** Each vendor is sent its own goods, by its own ways. */
interface ReturnablePart {
  vendor: OrderItem['vendor']
  items: readonly OrderItem[]
  options: readonly ShippingOption[]
}

/** Pieces of a line that were packed and are not on their way back. */
function piecesLeft({ detail }: OrderItem): number {
  const { fulfilled_quantity: packed, return_requested_quantity: asked, return_received_quantity: back } = detail
  return Math.max(0, packed - asked - back - detail.return_dismissed_quantity)
}

async function readReturnable(visit: Visit): Promise<Returnable> {
  const { api } = visit
  const order = await readOrder(visit)
  const [{ return_reasons }, { shipping_options }] = await Promise.all([
    api.get<{ return_reasons: Reason[] }>('/store/return-reasons', { query: { limit: 100 } }),
    order.cart == null
      ? { shipping_options: [] }
      : api.get<{ shipping_options: ShippingOption[] }>('/store/shipping-options', {
          query: { cart_id: order.cart.id, is_return: 'true' },
        }),
  ])
  // What has no price in the order's currency cannot be chosen.
  const options = shipping_options.filter(({ amount }) => amount !== undefined)
  const left = order.items.filter((item) => piecesLeft(item) > 0)
  const vendors = new Map(left.map(({ vendor }) => [vendor.id, vendor]))
  const parts = [...vendors.values()].map((vendor) => ({
    vendor,
    items: left.filter((item) => item.vendor.id === vendor.id),
    options: options.filter((option) => option.vendor_id === vendor.id),
  }))
  // A reason that stands over others is not one to give: the closer one is.
  const reasons = return_reasons.filter((reason) => reason.return_reason_children.length === 0)
  return { order, parts, reasons, options }
}

const quantityPrefix = 'quantity.'
const reasonPrefix = 'reason.'

function returnDocument(visit: Visit, found: Returnable, problems: Problems = noProblems, status = 200): Document {
  const { words } = visit
  const { order, parts } = found
  const title = words.returnOf(order.display_id)
  return {
    title,
    status,
    kind: 'narrow',
    body: (
      <>
        <h1>{title}</h1>
        <ProblemList visit={visit} problems={problems} />
        {parts.length === 0 && <p class="nothing">{words.nothingToReturn}</p>}
        {parts.map((part) => (
          <section key={part.vendor.id} class="part" aria-labelledby={`back-${part.vendor.id}`}>
            <h2 id={`back-${part.vendor.id}`}>{afterSaleWordsOf(visit.locale).returnTo(part.vendor.name)}</h2>
            {part.options.length === 0 ? (
              <>
                <p class="nothing">{words.noReturnOption}</p>
                <WriteToUs visit={visit} />
              </>
            ) : (
              <ReturnForm visit={visit} found={found} part={part} problems={problems} />
            )}
          </section>
        ))}
        <p>
          <a href={visit.to(`/orders/${order.id}`)}>{orderPayingWordsOf(visit.locale).back}</a>
        </p>
      </>
    ),
  }
}

interface FormOf {
  visit: Visit
  found: Returnable
  part: ReturnablePart
  problems: Problems
}

function ReturnForm({ visit, found, part, problems }: FormOf) {
  const { words, form } = visit
  const { order } = found
  const { vendor, items, options } = part
  // What was typed is of the vendor whose button was pressed.
  const isTyped = options.some((option) => option.id === form.get('option'))
  return (
    <form class="plain-form" action={visit.to(`/orders/${order.id}/return`)} method="post" novalidate>
      <input type="hidden" name="once" value={(isTyped ? form.get('once') : null) ?? randomUUID()} />
      <ul class="going-back">
        {items.map((item) => (
          <ItemOfForm key={item.id} visit={visit} reasons={found.reasons} item={item} problems={problems} />
        ))}
      </ul>
      <fieldset class="choices">
        <legend>{words.returnBy}</legend>
        {options.map((option, index) => (
          <label key={option.id} class="choice">
            <input type="radio" name="option" value={option.id} checked={isTyped ? form.get('option') === option.id : index === 0} />
            <span>{option.name}</span>
            <span class="choice-price">{option.amount === 0 ? words.free : visit.money(option.amount, order.currency_code)}</span>
          </label>
        ))}
      </fieldset>
      <TextArea visit={visit} name={`note.${vendor.id}`} label={words.note} value={form.get(`note.${vendor.id}`)} problems={problems} />
      <button type="submit">
        {words.askReturn}
        <span class="unseen"> ({vendor.name})</span>
      </button>
    </form>
  )
}

function ItemOfForm({ visit, reasons, item, problems }: { visit: Visit; reasons: readonly Reason[]; item: OrderItem; problems: Problems }) {
  const { words, form } = visit
  const [quantity, reason] = [`${quantityPrefix}${item.id}`, `${reasonPrefix}${item.id}`]
  return (
    <li class="line">
      <Picture visit={visit} url={item.thumbnail} alt="" size={120} />
      <div class="line-words">
        <h3>
          <bdi>{item.product_title}</bdi>
        </h3>
        <VariantTitle line={item} />
        <Select
          visit={visit}
          name={quantity}
          label={words.sendBack}
          value={form.get(quantity) ?? '0'}
          problems={problems}
          required
          choices={Array.from({ length: piecesLeft(item) + 1 }, (_, pieces) => ({ value: String(pieces), label: String(pieces) }))}
        />
        {reasons.length > 0 && (
          <Select
            visit={visit}
            name={reason}
            label={words.reason}
            value={form.get(reason)}
            problems={problems}
            choices={[{ value: '', label: '–' }, ...reasons.map(({ id, label }) => ({ value: id, label }))]}
          />
        )}
      </div>
    </li>
  )
}

async function ask(visit: Visit): Promise<Shown> {
  const { form, words, api } = visit
  const found = await readReturnable(visit)
  const option = (form.get('option') ?? '').slice(0, 64)
  const vendorId = found.options.find(({ id }) => id === option)?.vendor_id
  if (vendorId === undefined) return returnDocument(visit, found, { '': words.cannotReturn }, 400)
  // Of all the order's lines: the second of two clicks says the same as the first, when nothing may be left.
  const own = found.order.items.filter((item) => item.vendor.id === vendorId)
  const items = own.flatMap(({ id }) => {
    const typed = form.get(`${quantityPrefix}${id}`) ?? ''
    const quantity = /^\d{1,4}$/.test(typed) ? Number(typed) : 0
    const reason = found.reasons.find((one) => one.id === form.get(`${reasonPrefix}${id}`))
    return quantity === 0 ? [] : [{ id, quantity, ...(reason === undefined ? {} : { reason_id: reason.id }) }]
  })
  if (items.length === 0) return returnDocument(visit, found, { '': words.nothingChosen }, 400)
  const once = (form.get('once') ?? randomUUID()).slice(0, 64)
  const note = (form.get(`note.${vendorId}`) ?? '').trim().slice(0, 2_000) || null
  const body = { order_id: found.order.id, items, note, return_shipping: { option_id: option } }
  try {
    await api.post('/store/returns', { body, idempotencyKey: `return ${once}` })
  } catch (error) {
    const { code } = refusalIn(error)
    const isInChange = code === 'order_edit_open' || code === 'order_transfer_open'
    const problem = isInChange ? words.orderInChange : words.cannotReturn
    if (code !== 'idempotency_key_in_use') return returnDocument(visit, found, { '': problem }, 400)
  }
  return seeOther(`${visit.to(`/orders/${found.order.id}`)}?returned=true`)
}

export const pages: Page[] = [
  {
    method: 'GET',
    path: '/orders/:id/return',
    ids: { id: 'order' },
    show: async (visit) => returnDocument(visit, await readReturnable(visit)),
  },
  { method: 'POST', path: '/orders/:id/return', ids: { id: 'order' }, show: ask },
]
