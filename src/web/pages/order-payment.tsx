import { StoaError, toMinor } from '../../kernel/index.js'
import type { Order, OrderCollection } from '../answers.js'
import { readOrder } from '../orders.js'
import { type Page, type Shown, seeOther } from '../page.js'
import { noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { openCollection } from '../parts/order-view.js'
import { cardProvider, type PaymentChoices, paymentChoices, PaymentMethods } from '../parts/payment.js'
import type { Visit } from '../visit.js'
import { orderPayingWordsOf } from '../words/order-paying.js'
import { payingWordsOf } from '../words/paying.js'

/** What an order came to more after its sale, or was not paid then, and how it can be paid. */
interface Due {
  order: Order
  collection: OrderCollection
  choices: PaymentChoices
}

const pageOf = (visit: Visit, order: { id: string }, said?: 'noted' | 'paid' | 'coming') =>
  `${visit.to(`/orders/${order.id}`)}${said === undefined ? '' : `?payment=${said}`}`

/** Or the order's page, where nothing is to be paid of it. */
async function readDue(visit: Visit): Promise<Due | Shown> {
  const order = await readOrder(visit)
  const collection = openCollection(order)
  if (collection === undefined) return seeOther(pageOf(visit, order))
  return { order, collection, choices: await paymentChoices(visit, order) }
}

const isDue = (found: Due | Shown): found is Due => 'collection' in found

async function show(visit: Visit): Promise<Shown> {
  const due = await readDue(visit)
  if (!isDue(due)) return due
  const isRefused = visit.query.get('problem') === 'refused'
  const problems: Problems = isRefused ? { payment: payingWordsOf(visit.locale).cardRefused } : noProblems
  return dueDocument(visit, due, { chosen: isRefused ? cardProvider : '', problems })
}

interface Session {
  provider_id: string
  data: { client_secret?: string; amount?: number; currency?: string }
}

async function pay(visit: Visit): Promise<Shown> {
  const { form, words, locale } = visit
  const due = await readDue(visit)
  if (!isDue(due)) return due
  const { order, collection, choices } = due
  const chosen = form.get('payment') ?? ''
  const refused = (problems: Problems, status: number) => dueDocument(visit, due, { chosen, problems }, status)
  if (form.get('total') !== String(collection.amount)) {
    return refused({ '': orderPayingWordsOf(locale).amountChanged(visit.money(collection.amount, collection.currency_code)) }, 409)
  }
  if (!choices.providers.includes(chosen)) return refused({ payment: words.missing.payment }, 400)
  const isCard = chosen === cardProvider
  // Without the script there are no fields that a card was typed into.
  if (isCard && !visit.ctx.get('accept').includes('application/json'))
    return refused({ payment: payingWordsOf(locale).cardNeedsScript }, 422)
  try {
    const call = { params: { id: collection.id }, body: { provider_id: chosen } }
    const { payment_collection } = await visit.api.post<{ payment_collection: { payment_sessions: Session[] } }>(
      '/store/payment-collections/:id/payment-sessions',
      call,
    )
    if (!isCard) return seeOther(pageOf(visit, order, 'noted'))
    const { client_secret, amount, currency } = payment_collection.payment_sessions.find((one) => one.provider_id === chosen)?.data ?? {}
    const returnUrl = `${visit.origin}${visit.to(`/orders/${order.id}/pay/${collection.id}`)}`
    return { type: 'application/json', text: JSON.stringify({ clientSecret: client_secret, amount, currency, returnUrl }) }
  } catch (error) {
    if (!(error instanceof StoaError) || error.status >= 500 || error.status === 404 || error.status === 429) throw error
    // Another window, or the store's staff, was faster.
    if (error.type === 'not_allowed') return seeOther(pageOf(visit, order))
    return refused({ payment: payingWordsOf(locale).cardUnavailable }, 422)
  }
}

/** Where shoppers come to from the bank, and from the card's fields when no bank asked. */
async function comeBack(visit: Visit): Promise<Shown> {
  const { id, collection } = visit.params as { id: string; collection: string }
  const to = (said: 'paid' | 'coming') => seeOther(pageOf(visit, { id }, said))
  try {
    const settled = await visit.api.post<{ payment_collection: { status: string } }>('/store/payment-collections/:id/settle', {
      params: { id: collection },
    })
    const { status } = settled.payment_collection
    if (status === 'completed' || status === 'authorized') return to('paid')
    return status === 'awaiting' ? to('coming') : seeOther(`${visit.to(`/orders/${id}/pay`)}?problem=refused`)
  } catch (error) {
    // The provider does not answer at the moment: what it took is booked when it does.
    if (error instanceof StoaError && error.type === 'conflict') return to('coming')
    throw error
  }
}

function dueDocument(
  visit: Visit,
  { order, collection, choices }: Due,
  { chosen, problems }: { chosen: string; problems: Problems },
  status = 200,
): Shown {
  const saying = orderPayingWordsOf(visit.locale)
  const title = saying.title(`#${order.display_id}`)
  const amount = visit.money(collection.amount, collection.currency_code)
  // What is wrong with a card is said at the card, where the script leads.
  const { payment: atCard, ...others } = problems
  const listed = chosen === cardProvider && atCard !== undefined ? others : problems
  return {
    title,
    status,
    kind: 'narrow',
    takesCards: choices.cardKey !== null,
    body: (
      <>
        <h1>{title}</h1>
        <form id="counter" class="plain-form" action={visit.to(`/orders/${order.id}/pay`)} method="post" novalidate>
          <div id="counter-parts">
            <ProblemList visit={visit} problems={listed} />
            <p>{saying.why}</p>
          </div>
          <PaymentMethods visit={visit} choices={choices} chosen={chosen} problem={problems.payment} />
          <section
            id="summary-part"
            data-amount={String(toMinor(collection.amount, collection.currency_code))}
            data-currency={collection.currency_code}
          >
            <p>
              <strong>{saying.toPay(amount)}</strong>
            </p>
            <input type="hidden" name="total" value={String(collection.amount)} />
            <button type="submit" name="step" value="pay">
              {saying.button(amount)}
            </button>
          </section>
        </form>
        <p>
          <a href={pageOf(visit, order)}>{saying.back}</a>
        </p>
      </>
    ),
  }
}

export const pages: Page[] = [
  { method: 'GET', path: '/orders/:id/pay', ids: { id: 'order' }, show },
  { method: 'POST', path: '/orders/:id/pay', ids: { id: 'order' }, show: pay },
  { method: 'GET', path: '/orders/:id/pay/:collection', ids: { id: 'order', collection: 'order_collection' }, show: comeBack },
]
