import { isId, StoaError } from '../../kernel/index.js'
import type { Address, Cart } from '../answers.js'
import { cartFields, chooseDeliveries, finished, partsOf, readCart, readOptions, statesOf } from '../carts.js'
import { cartOf } from '../cookies.js'
import { dropCode, readStoreCredit, takeCode, typedCode, useStoreCredit } from '../credit.js'
import { isEmail, typedEmail } from '../emails.js'
import { keepAddress, readCustomer, sameAddress } from '../kept-addresses.js'
import { type Document, type Page, type Plain, type Redirect, type Shown, seeOther } from '../page.js'
import {
  addressOfTyped,
  addressProblems,
  billingPrefix,
  billingProblems,
  hasCountry,
  type TypedAddress,
  typedAddress,
  typedFrom,
} from '../parts/address-fields.js'
import { type Counter, CounterForm, type Typed } from '../parts/counter.js'
import { deliveryPrefix } from '../parts/deliveries.js'
import { noProblems, type Problems } from '../parts/fields.js'
import { cardProvider, paymentChoices } from '../parts/payment.js'
import { refusalIn } from '../refusals.js'
import type { Visit } from '../visit.js'
import { counterWordsOf } from '../words/counter.js'
import { payingWordsOf } from '../words/paying.js'
import { cartDocument } from './cart.js'

/** What is known of who pays, beside what the form says. */
interface Payer {
  email: string
  kept: readonly Address[]
  storeCredit: number
}

async function payerOf(visit: Visit, cart: Cart): Promise<Payer> {
  if (visit.identified.actor === null) return { email: '', kept: [], storeCredit: 0 }
  const [{ email, addresses }, storeCredit] = await Promise.all([readCustomer(visit), readStoreCredit(visit, cart)])
  const kept = addresses.filter((address) => cart.region.countries.some(({ iso_2 }) => iso_2 === address.country_code))
  return { email, kept, storeCredit }
}

/** What the cart says already, or the customer's own address. */
function typedOf(visit: Visit, cart: Cart, { email, kept }: Payer): Typed {
  const { query } = visit
  const { shipping_address: shipping, billing_address: billing } = cart
  const own = shipping?.address_1 == null ? (kept.find((address) => address.is_default_shipping) ?? kept[0]) : undefined
  const address = typedFrom(own ?? shipping, onlyCountry(cart))
  const isSame = billing === null || own !== undefined || sameAddress([billing], address) !== undefined
  return {
    email: cart.email ?? email,
    address,
    billing: isSame ? null : typedFrom(billing, undefined),
    keep: query.get('keep') === 'true',
    payment: query.get('payment') ?? '',
  }
}

function onlyCountry({ region }: Cart): string | undefined {
  return region.countries.length === 1 ? region.countries[0]?.iso_2 : undefined
}

/** The cart that can be paid; or where to go instead, which is `unsound` where something in it is not sold any more. */
async function openCart(visit: Visit, unsound: () => Shown | Promise<Shown>): Promise<Cart | Shown> {
  const cart = await readCart(visit)
  if (cart === null) return (await finishedElsewhere(visit)) ?? seeOther(visit.to('/cart'))
  if (cart.items.length === 0) return seeOther(visit.to('/cart'))
  if (cart.completed_at !== null) return finished(visit, cart.id)
  return (await isSound(visit, cart)) ? cart : unsound()
}

/** The order of the cart that a form was made for, where another window has completed it and the browser has forgotten it. */
async function finishedElsewhere(visit: Visit): Promise<Redirect | null> {
  const id = visit.form.get('cart') ?? ''
  if (!isId(id, 'cart')) return null
  const call = { params: { id }, query: { fields: 'id,completed_at' } }
  try {
    const { cart } = await visit.api.get<{ cart: Pick<Cart, 'completed_at'> }>('/store/carts/:id', call)
    return cart.completed_at === null ? null : finished(visit, id)
  } catch (error) {
    refusalIn(error)
    return null
  }
}

const isCart = (found: Cart | Shown): found is Cart => 'items' in found

async function isSound(visit: Visit, cart: Cart): Promise<boolean> {
  return [...(await statesOf(visit, cart)).values()].every((state) => state === 'good')
}

const soldOut = (visit: Visit) => cartDocument(visit, { '': visit.words.soldOutMeanwhile }, 409)

async function show(visit: Visit): Promise<Shown> {
  const cart = await openCart(visit, () => seeOther(visit.to('/cart')))
  if (!isCart(cart)) return cart
  const payer = await payerOf(visit, cart)
  const typed = typedOf(visit, cart, payer)
  // A customer's own address says what delivery and taxes come to before anything is typed.
  const known =
    cart.shipping_address?.address_1 == null && typed.address.address_1 !== ''
      ? await saveTyped(visit, cart, typed).catch(() => cart)
      : cart
  return counterDocument(visit, { ...(await laidOut(visit, known, payer, typed)), problems: problemsOfReturn(visit) })
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
  { kept, storeCredit }: Payer,
  typed: Typed,
  wished: (profileId: string) => string | null = () => null,
): Promise<Counter> {
  const [options, choices] = await Promise.all([readOptions(visit, cart), paymentChoices(visit, cart)])
  const chosen = await chooseDeliveries(visit, cart, options, wished)
  return { cart: chosen, parts: partsOf(chosen, options), choices, kept, storeCredit, typed, problems: noProblems }
}

/** Keeps with the cart what was typed so far, as far as it can be kept. */
async function saveTyped(visit: Visit, cart: Cart, typed: Typed): Promise<Cart> {
  const address = addressOfTyped(typed.address)
  const body = {
    // The order's mails speak the language in which it was placed.
    locale: visit.locale,
    ...(isEmail(typed.email) ? { email: typed.email } : {}),
    shipping_address: address,
    ...(typed.billing === null ? { billing_address: address } : {}),
    ...(typed.billing !== null && hasCountry(typed.billing) ? { billing_address: addressOfTyped(typed.billing) } : {}),
  }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id', { params: { id: cart.id }, query: { fields: cartFields }, body })).cart
}

function problemsOf({ words }: Visit, cart: Cart, { email, address, billing }: Typed): Record<string, string> {
  const countries = cart.region.countries.map(({ iso_2 }) => iso_2)
  return {
    ...(isEmail(email) ? {} : { email: words.missing.email }),
    ...addressProblems(address, words, countries),
    ...(billing === null ? {} : billingProblems(billing, words)),
  }
}

function typedIn(visit: Visit, cart: Cart, { kept }: Payer): Typed {
  const { form } = visit
  return {
    email: typedEmail(visit),
    address: chosenAddress(form, cart, kept) ?? typedAddress(form),
    billing: form.get('billing_same') === 'true' ? null : typedAddress(form, billingPrefix),
    keep: form.get('keep') === 'true',
    payment: form.get('payment') ?? '',
  }
}

/** The address that was chosen among the kept ones since the page was made; null where what the fields hold counts. */
function chosenAddress(form: URLSearchParams, cart: Cart, kept: readonly Address[]): TypedAddress | null {
  const [chosen, shown] = [form.get('kept') ?? '', form.get('kept_shown') ?? '']
  if (chosen === shown) return null
  if (chosen !== '') return typedFrom(kept.find(({ id }) => id === chosen) ?? null, onlyCountry(cart))
  // Whoever pays means what the fields say.
  const isLeft = form.get('step') !== 'pay' && sameAddress(kept, typedAddress(form)) !== undefined
  return isLeft ? typedFrom(null, onlyCountry(cart)) : null
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
    if (error.code === 'insufficient_credit') return creditGone(visit)
    throw error
  }
}

/** Credit that the cart counted on was used elsewhere: what is left of it is reckoned anew. */
async function creditGone(visit: Visit): Promise<Shown> {
  const cart = await openCart(visit, () => soldOut(visit))
  if (!isCart(cart)) return cart
  const payer = await payerOf(visit, cart)
  const typed = typedIn(visit, cart, payer)
  const counter = await laidOut(visit, await saveTyped(visit, cart, typed), payer, typed)
  return counterDocument(visit, { ...counter, problems: { '': counterWordsOf(visit.locale).creditGone } }, 409)
}

async function taken(visit: Visit): Promise<Shown> {
  const { form, words } = visit
  const cart = await openCart(visit, () => soldOut(visit))
  if (!isCart(cart)) return cart
  const payer = await payerOf(visit, cart)
  const typed = typedIn(visit, cart, payer)
  const problems = problemsOf(visit, cart, typed)
  const canKeep = problems.country_code === undefined
  const saved = canKeep ? await saveTyped(visit, cart, typed) : cart
  const credited = await changeCredit(visit, saved)
  const counter = await laidOut(visit, credited ?? saved, payer, typed, (profileId) => form.get(`${deliveryPrefix}${profileId}`))
  if (credited === null) return counterDocument(visit, { ...counter, problems: { code: words.codeUnknown } }, 400)
  if (form.get('step') !== 'pay') return renewed(visit, counter, canKeep)
  if (Object.keys(problems).length > 0) return counterDocument(visit, { ...counter, problems }, 400)
  const obstacle = obstacleOf(visit, counter)
  if (obstacle !== null) return counterDocument(visit, { ...counter, problems: obstacle.problems }, obstacle.status)
  // An account that keeps as many addresses as it can does without this one.
  if (typed.keep && payer.email !== '') await keepAddress(visit, typed.address).catch(refusalIn)
  return charge(visit, counter)
}

/** Codes and store credit as the form wants them: a code that was typed counts, whatever button was pressed. Null for one that does not. */
async function changeCredit(visit: Visit, cart: Cart): Promise<Cart | null> {
  const step = visit.form.get('step')
  const drop = visit.form.get('drop')
  if (drop !== null) return dropCode(visit, cart, drop)
  if (step === 'use_credit' || step === 'leave_credit') return useStoreCredit(visit, cart, step === 'use_credit')
  const code = typedCode(visit)
  return code === '' ? cart : takeCode(visit, cart, code)
}

/** The page once more, with what was typed. Where all of it is in the cart, whoever goes back later comes to a page, not to a form that was sent. */
function renewed(visit: Visit, counter: Counter, isKept: boolean): Shown {
  const { email, address, billing, payment, keep } = counter.typed
  // Where nothing is typed, the page would propose a kept address again.
  const isWhole =
    (email === '' || isEmail(email)) && (counter.kept.length === 0 || address.address_1 !== '') && (billing === null || hasCountry(billing))
  if (!isKept || !isWhole) return counterDocument(visit, counter)
  const query = new URLSearchParams({ ...(payment === '' ? {} : { payment }), ...(keep ? { keep: 'true' } : {}) })
  return seeOther(`${visit.to('/checkout')}${query.size === 0 ? '' : `?${query}`}`)
}

/** Why the order cannot be placed yet although everything is filled in. */
function obstacleOf(visit: Visit, counter: Counter): { problems: Problems; status: number } | null {
  const { form, words, locale } = visit
  const { cart, parts, typed, choices, kept } = counter
  if (chosenAddress(form, cart, kept) !== null) return { problems: { '': counterWordsOf(locale).addressChosen }, status: 409 }
  const undelivered = parts.filter((part) => part.deliveries.length === 0 && part.lines.some((line) => line.requires_shipping))
  if (undelivered.length > 0) {
    return { problems: { '': words.noDelivery(undelivered.map((part) => part.vendor.name).join(', ')) }, status: 400 }
  }
  if (form.get('total') !== String(cart.total)) {
    return { problems: { '': words.totalChanged(visit.money(cart.total, cart.currency_code)) }, status: 409 }
  }
  const isPaid = cart.total === 0 || choices.providers.includes(typed.payment)
  return isPaid ? null : { problems: { payment: words.missing.payment }, status: 400 }
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

export const pages: Page[] = [
  { method: 'GET', path: '/checkout', show },
  { method: 'POST', path: '/checkout', show: pay },
  { method: 'GET', path: '/checkout/return/:cart', ids: { cart: 'cart' }, show: comeBack },
]
