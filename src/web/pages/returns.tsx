import { randomUUID } from 'node:crypto'
import type { Order, OrderItem, ShippingOption } from '../answers.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { noProblems, ProblemList, type Problems, Select, TextArea } from '../parts/fields.js'
import { Picture } from '../parts/picture.js'
import { refusalIn } from '../refusals.js'
import type { Visit } from '../visit.js'

interface Reason {
  id: string
  label: string
}

/** What the page is made of: what can go back, why, and how. */
interface Returnable {
  order: Order
  items: readonly OrderItem[]
  reasons: readonly Reason[]
  options: readonly ShippingOption[]
}

/** Pieces of a line that were packed and are not on their way back. */
function piecesLeft({ detail }: OrderItem): number {
  return Math.max(0, detail.fulfilled_quantity - detail.return_requested_quantity - detail.return_received_quantity)
}

async function readReturnable(visit: Visit): Promise<Returnable> {
  const { api, params } = visit
  const call = { params: { id: params.id as string }, query: { fields: '+cart.id' } }
  const { order } = await api.get<{ order: Order & { cart?: { id: string } | null } }>('/store/orders/:id', call)
  const [{ return_reasons }, { shipping_options }] = await Promise.all([
    api.get<{ return_reasons: Reason[] }>('/store/return-reasons', { query: { limit: 100 } }),
    order.cart == null
      ? { shipping_options: [] }
      : api.get<{ shipping_options: ShippingOption[] }>('/store/shipping-options', {
          query: { cart_id: order.cart.id, is_return: 'true' },
        }),
  ])
  return { order, items: order.items.filter((item) => piecesLeft(item) > 0), reasons: return_reasons, options: shipping_options }
}

const quantityPrefix = 'quantity.'

function returnDocument(visit: Visit, found: Returnable, problems: Problems = noProblems, status = 200): Document {
  const { words } = visit
  const { order, items, options } = found
  const title = words.returnOf(order.display_id)
  return {
    title,
    status,
    kind: 'narrow',
    body: (
      <>
        <h1>{title}</h1>
        {items.length === 0 ? (
          <p class="nothing">{words.nothingToReturn}</p>
        ) : options.length === 0 ? (
          <p class="nothing">{words.noReturnOption}</p>
        ) : (
          <ReturnForm visit={visit} found={found} problems={problems} />
        )}
        <p>
          <a href={visit.to(`/orders/${order.id}`)}>{words.orderNumber(order.display_id)}</a>
        </p>
      </>
    ),
  }
}

function ReturnForm({ visit, found, problems }: { visit: Visit; found: Returnable; problems: Problems }) {
  const { words, form } = visit
  const { order, items, reasons, options } = found
  return (
    <form class="plain-form" action={visit.to(`/orders/${order.id}/return`)} method="post" novalidate>
      <ProblemList visit={visit} problems={problems} />
      <input type="hidden" name="once" value={form.get('once') ?? randomUUID()} />
      <ul class="wishes">
        {items.map((item) => (
          <li key={item.id} class="line">
            <Picture visit={visit} url={item.thumbnail} alt="" size={120} />
            <div class="line-words">
              <h2>{item.product_title}</h2>
              <p class="note">{item.vendor.name}</p>
            </div>
            <Select
              visit={visit}
              name={`${quantityPrefix}${item.id}`}
              label={words.sendBack}
              value={form.get(`${quantityPrefix}${item.id}`) ?? '0'}
              problems={problems}
              required
              choices={Array.from({ length: piecesLeft(item) + 1 }, (_, pieces) => ({ value: String(pieces), label: String(pieces) }))}
            />
          </li>
        ))}
      </ul>
      {reasons.length > 0 && (
        <Select
          visit={visit}
          name="reason"
          label={words.reason}
          value={form.get('reason')}
          problems={problems}
          choices={[{ value: '', label: '–' }, ...reasons.map(({ id, label }) => ({ value: id, label }))]}
        />
      )}
      <fieldset class="choices">
        <legend>{words.returnBy}</legend>
        {options.map((option, index) => (
          <label key={option.id} class="choice">
            <input
              type="radio"
              name="option"
              value={option.id}
              checked={form.get('option') === option.id || (!form.has('option') && index === 0)}
            />
            <span>{option.name}</span>
            <span class="choice-price">{visit.money(option.amount, order.currency_code)}</span>
          </label>
        ))}
      </fieldset>
      <TextArea visit={visit} name="note" label={words.note} value={form.get('note')} problems={problems} />
      <button type="submit">{words.askReturn}</button>
    </form>
  )
}

async function ask(visit: Visit): Promise<Shown> {
  const { form, words, api } = visit
  const found = await readReturnable(visit)
  const reason = found.reasons.find(({ id }) => id === form.get('reason'))
  const items = [...form.entries()].flatMap(([name, value]) => {
    const item = name.startsWith(quantityPrefix) ? found.order.items.find(({ id }) => id === name.slice(quantityPrefix.length)) : undefined
    const quantity = /^\d{1,4}$/.test(value) ? Number(value) : 0
    return item === undefined || quantity === 0
      ? []
      : [{ id: item.id, quantity, ...(reason === undefined ? {} : { reason_id: reason.id }) }]
  })
  if (items.length === 0) return returnDocument(visit, found, { '': words.nothingChosen }, 400)
  const body = {
    order_id: found.order.id,
    items,
    note: (form.get('note') ?? '').trim().slice(0, 2_000) || null,
    return_shipping: { option_id: (form.get('option') ?? '').slice(0, 64) },
  }
  try {
    await api.post('/store/returns', { body, idempotencyKey: `return ${(form.get('once') ?? randomUUID()).slice(0, 64)}` })
  } catch (error) {
    if (refusalIn(error).code !== 'idempotency_key_in_use') return returnDocument(visit, found, { '': words.cannotReturn }, 400)
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
