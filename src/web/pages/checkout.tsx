import { StoaError, toMinor } from '../../kernel/index.js'
import type { Cart, Customer } from '../answers.js'
import { cartFields, chooseDeliveries, partsOf, readCart, readOptions, statesOf, type VendorPart } from '../carts.js'
import { cartOf, forgetCart } from '../cookies.js'
import { type Document, type Page, type Plain, type Redirect, type Shown, seeOther } from '../page.js'
import {
  AddressFields,
  addressOfTyped,
  addressProblems,
  tellsTax,
  type TypedAddress,
  typedAddress,
  typedFrom,
} from '../parts/address-fields.js'
import { Deliveries, deliveryPrefix } from '../parts/deliveries.js'
import { Field, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { cardProvider, type PaymentChoices, paymentChoices, PaymentMethods } from '../parts/payment.js'
import { TotalsList } from '../parts/totals.js'
import { showsTax, type Visit } from '../visit.js'
import { payingWordsOf } from '../words/paying.js'
import { cartDocument } from './cart.js'

interface Typed {
  email: string
  address: TypedAddress
  /** Id of the payment provider; '' before one is chosen. */
  payment: string
}

/** Everything that the page shows. */
interface Counter {
  cart: Cart
  parts: readonly VendorPart[]
  choices: PaymentChoices
  typed: Typed
  problems: Problems
}

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const email_characters = 254

/** What the cart says already, or the customer's own address. */
async function typedOf(visit: Visit, cart: Cart): Promise<Typed> {
  const { countries } = cart.region
  const only = countries.length === 1 ? countries[0]?.iso_2 : undefined
  const customer = await customerOf(visit)
  const kept = customer?.addresses.filter((address) => countries.some(({ iso_2 }) => iso_2 === address.country_code)) ?? []
  const own = kept.find((address) => address.is_default_shipping) ?? kept[0] ?? null
  const inCart = cart.shipping_address?.address_1 == null && own !== null ? own : cart.shipping_address
  return { email: cart.email ?? customer?.email ?? '', address: typedFrom(inCart, only), payment: visit.query.get('payment') ?? '' }
}

async function customerOf({ api, identified }: Visit): Promise<Customer | null> {
  if (identified.actor === null) return null
  return (await api.get<{ customer: Customer }>('/store/customers/me')).customer
}

/** The cart that can be paid; or where to go instead, which is `unsound` where something in it is not sold any more. */
async function openCart(visit: Visit, unsound: () => Shown | Promise<Shown>): Promise<Cart | Shown> {
  const cart = await readCart(visit)
  if (cart === null || cart.items.length === 0) return seeOther(visit.to('/cart'))
  if (cart.completed_at !== null) return finished(visit, cart.id)
  return (await isSound(visit, cart)) ? cart : unsound()
}

const isCart = (found: Cart | Shown): found is Cart => 'items' in found

async function isSound(visit: Visit, cart: Cart): Promise<boolean> {
  return [...(await statesOf(visit, cart)).values()].every((state) => state === 'good')
}

const soldOut = (visit: Visit) => cartDocument(visit, { '': visit.words.soldOutMeanwhile }, 409)

/** Completes the cart, or finds what it was completed to: any number of clicks end in the one order. */
async function finished(visit: Visit, cartId: string): Promise<Redirect> {
  const answer = await visit.api.post<Completed>('/store/carts/:id/complete', { params: { id: cartId } })
  if (answer.type !== 'order') throw new StoaError('payment_authorization_error', 422, answer.error.message)
  // An address of long ago does not take the cart that was begun since.
  if (cartOf(visit)?.id === cartId) forgetCart(visit)
  return seeOther(`${visit.to(`/orders/${answer.order.id}`)}?placed=true`)
}

type Completed = { type: 'order'; order: { id: string } } | { type: 'cart'; error: { message: string } }

async function show(visit: Visit): Promise<Shown> {
  const cart = await openCart(visit, () => seeOther(visit.to('/cart')))
  if (!isCart(cart)) return cart
  const typed = await typedOf(visit, cart)
  // A customer's own address says what delivery and taxes come to before anything is typed.
  const known =
    cart.shipping_address?.address_1 == null && typed.address.address_1 !== ''
      ? await saveTyped(visit, cart, typed).catch(() => cart)
      : cart
  return counterDocument(visit, await laidOut(visit, known, typed, problemsOfReturn(visit), () => null))
}

/** Why the shopper is back from the bank without an order. */
function problemsOfReturn({ query, locale }: Visit): Problems {
  const paying = payingWordsOf(locale)
  if (query.get('problem') === 'refused') return { payment: paying.cardRefused }
  return query.get('problem') === 'changed' ? { '': paying.cartChanged } : noProblems
}

async function laidOut(
  visit: Visit,
  cart: Cart,
  typed: Typed,
  problems: Problems,
  wished: (profileId: string) => string | null,
): Promise<Counter> {
  const options = await readOptions(visit, cart)
  const chosen = await chooseDeliveries(visit, cart, options, wished)
  return { cart: chosen, parts: partsOf(chosen, options), choices: await paymentChoices(visit, cart), typed, problems }
}

/** Keeps with the cart what was typed so far, as far as it can be kept. */
async function saveTyped(visit: Visit, cart: Cart, typed: Typed): Promise<Cart> {
  const address = addressOfTyped(typed.address)
  const body = {
    ...(emailPattern.test(typed.email) ? { email: typed.email } : {}),
    shipping_address: address,
    billing_address: address,
  }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id', { params: { id: cart.id }, query: { fields: cartFields }, body })).cart
}

function problemsOf(visit: Visit, cart: Cart, typed: Typed): Record<string, string> {
  const { words } = visit
  const problems = addressProblems(
    typed.address,
    words,
    cart.region.countries.map(({ iso_2 }) => iso_2),
  )
  return emailPattern.test(typed.email) ? problems : { email: words.missing.email, ...problems }
}

function typedIn({ form }: Visit): Typed {
  const email = (form.get('email') ?? '').trim().toLowerCase().slice(0, email_characters)
  return { email, address: typedAddress(form), payment: form.get('payment') ?? '' }
}

async function pay(visit: Visit): Promise<Shown> {
  const cookie = cartOf(visit)
  try {
    return await taken(visit)
  } catch (error) {
    if (!(error instanceof StoaError) || error.status >= 500) throw error
    // The first of two clicks is at it, or was.
    const isOver = error.code === 'cart_being_completed' || error.message.endsWith('is already completed.')
    if (isOver && cookie !== null) return finished(visit, cookie.id)
    if (error.code === 'insufficient_inventory') return soldOut(visit)
    throw error
  }
}

async function taken(visit: Visit): Promise<Shown> {
  const { form, words } = visit
  const cart = await openCart(visit, () => soldOut(visit))
  if (!isCart(cart)) return cart
  const typed = typedIn(visit)
  const problems = problemsOf(visit, cart, typed)
  const countryKnown = problems.country_code === undefined
  const saved = countryKnown ? await saveTyped(visit, cart, typed) : cart
  const counter = await laidOut(visit, saved, typed, noProblems, (profileId) => form.get(`${deliveryPrefix}${profileId}`))
  if (form.get('step') === 'renew') {
    // All that was typed is in the cart: whoever goes back later comes to a page, not to a form that was sent.
    const kept = countryKnown && (typed.email === '' || emailPattern.test(typed.email))
    const payment = typed.payment === '' ? '' : `?payment=${encodeURIComponent(typed.payment)}`
    return kept ? seeOther(`${visit.to('/checkout')}${payment}`) : counterDocument(visit, counter)
  }
  if (Object.keys(problems).length > 0) return counterDocument(visit, { ...counter, problems }, 400)
  const undelivered = counter.parts.filter((part) => part.deliveries.length === 0 && part.lines.some((line) => line.requires_shipping))
  if (undelivered.length > 0) {
    return counterDocument(
      visit,
      { ...counter, problems: { '': words.noDelivery(undelivered.map((part) => part.vendor.name).join(', ')) } },
      400,
    )
  }
  const total = String(counter.cart.total)
  if (form.get('total') !== total) {
    const shown = visit.money(counter.cart.total, counter.cart.currency_code)
    return counterDocument(visit, { ...counter, problems: { '': words.totalChanged(shown) } }, 409)
  }
  if (counter.cart.total > 0 && !counter.choices.providers.includes(typed.payment)) {
    return counterDocument(visit, { ...counter, problems: { payment: words.missing.payment } }, 400)
  }
  return charge(visit, counter)
}

async function charge(visit: Visit, counter: Counter): Promise<Shown> {
  const { words } = visit
  const { cart, typed } = counter
  if (cart.total > 0 && typed.payment === cardProvider) return chargeCard(visit, counter)
  await startSession(visit, cart, typed.payment)
  try {
    return await finished(visit, cart.id)
  } catch (error) {
    if (!(error instanceof StoaError) || error.type !== 'payment_authorization_error') throw error
    return counterDocument(visit, { ...counter, problems: { payment: words.paymentDeclined } }, 422)
  }
}

interface Session {
  provider_id: string
  data: { client_secret?: string; amount?: number; currency?: string }
}

/** Readies the payment of the cart's total, or goes on with the one that is ready. A cart that costs nothing needs none. */
async function startSession({ api }: Visit, cart: Cart, providerId: string): Promise<Session | undefined> {
  const { payment_collection } = await api.post<{ payment_collection: { id: string } }>('/store/payment-collections', {
    body: { cart_id: cart.id },
  })
  if (cart.total === 0) return undefined
  const call = { params: { id: payment_collection.id }, body: { provider_id: providerId } }
  const started = await api.post<{ payment_collection: { payment_sessions: Session[] } }>(
    '/store/payment-collections/:id/payment-sessions',
    call,
  )
  return started.payment_collection.payment_sessions.find((session) => session.provider_id === providerId)
}

/** What the page's script confirms the payment with. The order is placed where the shopper comes back to. */
async function chargeCard(visit: Visit, counter: Counter): Promise<Document | Plain> {
  const paying = payingWordsOf(visit.locale)
  const refused = (problem: string) => counterDocument(visit, { ...counter, problems: { payment: problem } }, 422)
  // Without the script there are no fields that a card was typed into.
  if (!visit.ctx.get('accept').includes('application/json')) return refused(paying.cardNeedsScript)
  try {
    const session = await startSession(visit, counter.cart, cardProvider)
    const { client_secret, amount, currency } = session?.data ?? {}
    const returnUrl = `${visit.origin}${visit.to(`/checkout/return/${counter.cart.id}`)}`
    return { type: 'application/json', text: JSON.stringify({ clientSecret: client_secret, amount, currency, returnUrl }) }
  } catch (error) {
    if (!(error instanceof StoaError) || error.status >= 500 || error.code === 'cart_being_completed') throw error
    return refused(paying.cardUnavailable)
  }
}

/** Where shoppers come to from the bank, and from the checkout when no bank asked. The cart is named: not every bank comes back to the same browser. */
async function comeBack(visit: Visit): Promise<Shown> {
  const { params, locale } = visit
  const cartId = params.cart as string
  try {
    return await finished(visit, cartId)
  } catch (error) {
    if (!(error instanceof StoaError) || error.status >= 500 || error.status === 404 || error.status === 429) throw error
    if (error.code === 'insufficient_inventory') return soldOut(visit)
    if (error.type === 'payment_authorization_error') return backToCounter(visit, 'refused')
    if (error.type === 'conflict') return waitDocument(visit, payingWordsOf(locale))
    const cart = await readCart(visit)
    return cart !== null && !(await isSound(visit, cart)) ? soldOut(visit) : backToCounter(visit, 'changed')
  }
}

const backToCounter = (visit: Visit, problem: 'refused' | 'changed') =>
  seeOther(`${visit.to('/checkout')}?payment=${cardProvider}&problem=${problem}`)

function waitDocument(visit: Visit, paying: ReturnType<typeof payingWordsOf>): Document {
  return {
    title: paying.outcomeUnknownTitle,
    status: 202,
    kind: 'narrow',
    body: (
      <>
        <h1>{paying.outcomeUnknownTitle}</h1>
        <p role="status">{paying.outcomeUnknown}</p>
        <p>
          <a class="button" href={visit.to(visit.path)}>
            {paying.lookAgain}
          </a>
        </p>
      </>
    ),
  }
}

function counterDocument(visit: Visit, counter: Counter, status = 200): Document {
  const { words } = visit
  return {
    title: words.checkout,
    status,
    takesCards: counter.choices.cardKey !== null,
    body: (
      <>
        <h1>{words.checkout}</h1>
        <CounterForm visit={visit} counter={counter} />
      </>
    ),
  }
}

function CounterForm({ visit, counter }: { visit: Visit; counter: Counter }) {
  const { words } = visit
  const { cart, parts, typed, problems } = counter
  const taxKnown = tellsTax(cart.shipping_address)
  const action = visit.to('/checkout')
  // What is wrong with a card is said at the card, where the script leads.
  const { payment: atCard, ...others } = problems
  const listed = typed.payment === cardProvider && atCard !== undefined ? others : problems
  return (
    <form
      class="counter"
      id="counter"
      action={action}
      method="post"
      novalidate
      data-swap="#province,#delivery-choices,#summary-part"
      data-renew={action}
    >
      <div class="counter-fields">
        <div class="counter-fields" id="counter-parts">
          <ProblemList visit={visit} problems={listed} />
          {visit.identified.actor === null && (
            <p class="note">
              {words.haveAccount} <a href={`${visit.to('/sign-in')}?next=/checkout`}>{words.signIn}</a>
            </p>
          )}
          <section aria-labelledby="contact">
            <h2 id="contact">{words.contact}</h2>
            <Field
              visit={visit}
              name="email"
              label={words.fields.email}
              type="email"
              value={typed.email}
              problems={problems}
              autocomplete="email"
              hint={words.emailHint}
              maxLength={email_characters}
              required
            />
          </section>
          <section aria-labelledby="address">
            <h2 id="address">{words.address}</h2>
            <AddressFields visit={visit} typed={typed.address} problems={problems} countries={cart.region.countries} />
          </section>
          <section aria-labelledby="delivery" id="delivery-choices">
            <h2 id="delivery">{words.delivery}</h2>
            {parts.map((part) => (
              <Deliveries key={part.vendor.id} visit={visit} part={part} />
            ))}
            <button class="quiet" type="submit" name="step" value="renew">
              {words.renewTotal}
            </button>
          </section>
        </div>
        <PaymentMethods visit={visit} choices={counter.choices} chosen={typed.payment} problem={problems.payment} />
      </div>
      <aside
        class="summary"
        id="summary-part"
        aria-labelledby="summary"
        data-amount={String(toMinor(cart.total, cart.currency_code))}
        data-currency={cart.currency_code}
      >
        <h2 id="summary">{words.summary}</h2>
        <ul class="summary-lines">
          {cart.items.map((line) => (
            <li key={line.id}>
              <span>
                {line.quantity} × {line.product_title}
                {line.variant_title !== null && line.variant_title !== 'Default' && <span class="note"> {line.variant_title}</span>}
              </span>
              <span>{visit.money(showsTax(cart.region) ? line.original_total : line.subtotal, cart.currency_code)}</span>
            </li>
          ))}
        </ul>
        <TotalsList visit={visit} totals={cart} gross={showsTax(cart.region)} taxKnown={taxKnown} />
        <input type="hidden" name="total" value={String(cart.total)} />
        <button type="submit" name="step" value="pay">
          {cart.total === 0 ? words.placeOrder : payingWordsOf(visit.locale).button(visit.money(cart.total, cart.currency_code))}
        </button>
        <p class="note">{words.placeOrderNote}</p>
      </aside>
    </form>
  )
}

export const pages: Page[] = [
  { method: 'GET', path: '/checkout', show },
  { method: 'POST', path: '/checkout', show: pay },
  { method: 'GET', path: '/checkout/return/:cart', ids: { cart: 'cart' }, show: comeBack },
]
