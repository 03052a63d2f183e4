import { toMajor, toMinor } from '../../kernel/index.js'
import type { Cart, Line, ShippingOption } from '../answers.js'
import {
  type LineState,
  fillCart,
  finished,
  partsOf,
  readCart,
  readOptions,
  statesOf,
  chooseDeliveries,
  type VendorPart,
} from '../carts.js'
import { dropCode, takeCode, typedCode } from '../credit.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { tellsTax } from '../parts/address-fields.js'
import { Codes } from '../parts/codes.js'
import { Deliveries, deliveryPrefix } from '../parts/deliveries.js'
import { idOf, noProblems, ProblemList, type Problems } from '../parts/fields.js'
import { Nothing } from '../parts/nothing.js'
import { Picture } from '../parts/picture.js'
import { VariantTitle } from '../parts/variant-title.js'
import { TotalsList } from '../parts/totals.js'
import { refusalIn } from '../refusals.js'
import { showsTax, type Visit } from '../visit.js'

const quantityMaximum = 999

interface LineOf {
  visit: Visit
  cart: Cart
  line: Line
  state: LineState
  /** What is wrong with the quantity that was typed. */
  problem: string | undefined
}

const quantityField = (lineId: string) => `quantity-${lineId}`

function LineRow({ visit, cart, line, state, problem }: LineOf) {
  const { words } = visit
  const id = idOf(quantityField(line.id))
  const total = showsTax(cart.region) ? line.original_total : line.subtotal
  const action = visit.to(`/cart/items/${line.id}`)
  return (
    <li class="line">
      <Picture visit={visit} url={line.thumbnail} alt="" size={120} />
      <div class="line-words">
        <h3>
          {state === 'gone' ? (
            <bdi>{line.product_title}</bdi>
          ) : (
            <a href={visit.to(`/products/${line.product_handle}`)}>
              <bdi>{line.product_title}</bdi>
            </a>
          )}
        </h3>
        <VariantTitle line={line} />
        <p class="note">{words.each(visit.money(line.unit_price, cart.currency_code))}</p>
        {state === 'gone' && <p class="problem">{words.lineGone}</p>}
        {typeof state === 'object' && <p class="problem">{state.left === 0 ? words.lineSoldOut : words.lineShort(state.left)}</p>}
      </div>
      <form class="line-quantity" action={action} method="post">
        <label for={id}>
          {words.quantity}
          <span class="unseen"> {line.product_title}</span>
        </label>
        <input
          id={id}
          name="quantity"
          inputMode="numeric"
          maxLength={3}
          value={problem === undefined ? line.quantity : (visit.form.get('quantity') ?? '')}
          autocomplete="off"
          {...(problem === undefined ? {} : { 'aria-invalid': 'true', 'aria-describedby': `${id}-problem` })}
        />
        {problem !== undefined && (
          <p class="problem" id={`${id}-problem`}>
            {problem}
          </p>
        )}
        <button class="quiet" type="submit">
          {words.update}
          <span class="unseen"> {line.product_title}</span>
        </button>
        <button class="link" type="submit" name="remove" value="true">
          {words.remove}
          <span class="unseen"> {line.product_title}</span>
        </button>
      </form>
      <p class="price">{visit.money(total, cart.currency_code)}</p>
    </li>
  )
}

interface Basket {
  cart: Cart
  parts: readonly VendorPart[]
  states: ReadonlyMap<string, LineState>
}

async function basketOf(visit: Visit, cart: Cart | null): Promise<Basket | null> {
  if (cart === null || cart.completed_at !== null) return null
  const [options, states] = await Promise.all([readOptions(visit, cart), statesOf(visit, cart)])
  return { cart, parts: partsOf(cart, options), states }
}

/** The cart; or the order that it has become, which the browser was not shown yet. */
async function show(visit: Visit): Promise<Shown> {
  const cart = await readCart(visit)
  return cart === null || cart.completed_at === null ? documentOf(visit, cart, noProblems, 200) : finished(visit, cart.id)
}

/** The cart as a page, with what went wrong. */
export async function cartDocument(visit: Visit, problems: Problems, status: number): Promise<Document> {
  return documentOf(visit, await readCart(visit), problems, status)
}

async function documentOf(visit: Visit, cart: Cart | null, problems: Problems, status: number): Promise<Document> {
  const basket = await basketOf(visit, cart)
  const { words } = visit
  if (basket === null || basket.cart.items.length === 0) {
    return {
      title: words.cart,
      status,
      kind: 'narrow',
      body: (
        <>
          <h1>{words.cart}</h1>
          <ProblemList visit={visit} problems={problems} />
          <Nothing visit={visit} words={words.cartEmpty} />
        </>
      ),
    }
  }
  return { title: words.cart, status, body: <BasketBody visit={visit} basket={basket} problems={problems} /> }
}

function BasketBody({ visit, basket, problems }: { visit: Visit; basket: Basket; problems: Problems }) {
  const { cart, parts, states } = basket
  const { words } = visit
  const sound = [...states.values()].every((state) => state === 'good')
  const added = cart.items.find((line) => line.variant_id === visit.query.get('added'))
  // The total is what the shopper would pay with the ways that are ticked, chosen or not; tax on top of one that is not chosen is
  // not reckoned yet, and the summary says so.
  const proposed = parts
    .flatMap((part) => part.deliveries)
    .flatMap(({ chosen, options }) => (chosen === undefined ? (options[0] ?? []) : []))
  return (
    <>
      <h1>{words.cart}</h1>
      <ProblemList visit={visit} problems={problems} />
      {!sound && Object.keys(problems).length === 0 && (
        <p class="said" role="alert">
          {words.cartUnsound}
        </p>
      )}
      {added !== undefined && (
        <p class="said" role="status">
          {words.added(added.product_title)}
        </p>
      )}
      {cart.region_id !== visit.market.id && <p class="said">{words.otherRegion(cart.region.name)}</p>}
      <div class="basket">
        <div class="parts">
          {parts.map((part) => (
            <PartOfBasket key={part.vendor.id} visit={visit} basket={basket} part={part} problems={problems} />
          ))}
        </div>
        <aside class="summary" aria-labelledby="summary">
          <h2 id="summary">{words.summary}</h2>
          <TotalsList
            visit={visit}
            totals={cart}
            gross={showsTax(cart.region)}
            taxKnown={tellsTax(cart) && !proposed.some((option) => option.amount > 0)}
            deliveryKnown={cart.shipping_methods.length > 0 || proposed.length > 0}
            proposedDelivery={sumOf(proposed, cart.currency_code)}
          />
          {sound && (
            <a class="button" href={visit.to('/checkout')}>
              {words.toCheckout}
            </a>
          )}
          <form action={visit.to('/cart/codes')} method="post" novalidate>
            <Codes visit={visit} cart={cart} problems={problems} />
          </form>
        </aside>
      </div>
    </>
  )
}

const sumOf = (options: readonly ShippingOption[], currency: string): number =>
  toMajor(
    options.reduce((sum, { amount }) => sum + toMinor(amount, currency), 0n),
    currency,
  )

/** What is bought of one vendor, and how it is sent. */
function PartOfBasket({ visit, basket, part, problems }: { visit: Visit; basket: Basket; part: VendorPart; problems: Problems }) {
  const { words } = visit
  const { cart, states } = basket
  return (
    <section class="part" aria-labelledby={`vendor-${part.vendor.id}`}>
      <h2 id={`vendor-${part.vendor.id}`}>
        <a href={visit.to(`/vendors/${part.vendor.handle}`)}>{part.vendor.name}</a>
      </h2>
      <ul>
        {part.lines.map((line) => (
          <LineRow
            key={line.id}
            visit={visit}
            cart={cart}
            line={line}
            state={states.get(line.id) ?? 'good'}
            problem={problems[quantityField(line.id)]}
          />
        ))}
      </ul>
      <form class="part-delivery" id={`delivery-${part.vendor.id}`} action={visit.to('/cart/delivery')} method="post">
        <Deliveries visit={visit} part={part} />
        {part.deliveries.some(({ options }) => options.length > 1) && (
          <button class="quiet" type="submit">
            {words.choose}
            <span class="unseen"> {words.deliveryOf(part.vendor.name)}</span>
          </button>
        )}
      </form>
    </section>
  )
}

/** What a shopper is told of a refusal; what is no refusal is thrown on. */
function refusalOf(visit: Visit, error: unknown): { problem: string; status: number } {
  const { words } = visit
  const { code, status } = refusalIn(error)
  if (code === 'insufficient_inventory') return { problem: words.notSoMany, status: 409 }
  if (code === 'cart_being_completed') return { problem: words.cartBusy, status: 409 }
  return { problem: words.cannotAdd, status: status === 404 ? 404 : 400 }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : null
}

async function add(visit: Visit): Promise<Shown> {
  const variantId = (visit.form.get('variant_id') ?? '').slice(0, 64)
  const typed = visit.form.get('quantity')
  const quantity = typed === null ? 1 : wholeNumber(typed)
  if (quantity === null || quantity === 0) return cartDocument(visit, { '': visit.words.quantityWrong }, 400)
  try {
    await fillCart(visit, variantId, Math.min(quantity, quantityMaximum))
  } catch (error) {
    const { problem, status } = refusalOf(visit, error)
    return cartDocument(visit, { '': problem }, status)
  }
  return seeOther(`${visit.to('/cart')}?added=${encodeURIComponent(variantId)}`)
}

async function change(visit: Visit): Promise<Shown> {
  const { form, params, api, words } = visit
  const cart = await readCart(visit)
  const line = cart?.items.find(({ id }) => id === params.line_id)
  if (cart === null || line === undefined) return seeOther(visit.to('/cart'))
  const quantity = form.get('remove') === 'true' ? 0 : wholeNumber(form.get('quantity'))
  const field = quantityField(line.id)
  if (quantity === null) return cartDocument(visit, { [field]: words.quantityWrong }, 400)
  const of = { params: { id: cart.id, line_id: line.id } }
  try {
    if (quantity === 0) await api.delete('/store/carts/:id/line-items/:line_id', of)
    else await api.post('/store/carts/:id/line-items/:line_id', { ...of, body: { quantity } })
  } catch (error) {
    const { problem, status } = refusalOf(visit, error)
    const left = problem === words.notSoMany ? await leftOf(visit, cart, line) : null
    return cartDocument(visit, { [field]: left === null ? problem : words.lineShort(left) }, status)
  }
  return seeOther(visit.to('/cart'))
}

/** How many of a line there are at all, where there are fewer than may be asked for. */
async function leftOf(visit: Visit, cart: Cart, line: Line): Promise<number | null> {
  const state = (await statesOf(visit, { ...cart, items: [{ ...line, quantity: quantityMaximum }] })).get(line.id)
  return typeof state === 'object' && state.left > 0 ? state.left : null
}

async function chooseDelivery(visit: Visit): Promise<Shown> {
  const cart = await readCart(visit)
  if (cart === null || cart.completed_at !== null) return seeOther(visit.to('/cart'))
  const options = await readOptions(visit, cart)
  await chooseDeliveries(visit, cart, options, (profileId) => visit.form.get(`${deliveryPrefix}${profileId}`))
  return seeOther(visit.to('/cart'))
}

async function changeCodes(visit: Visit): Promise<Shown> {
  const cart = await readCart(visit)
  if (cart === null || cart.completed_at !== null) return seeOther(visit.to('/cart'))
  const drop = visit.form.get('drop')
  const code = typedCode(visit)
  if (drop === null && code === '') return cartDocument(visit, { code: visit.words.codeMissing }, 400)
  const changed = drop === null ? await takeCode(visit, cart, code) : await dropCode(visit, cart, drop)
  if (changed === null) return cartDocument(visit, { code: visit.words.codeUnknown }, 400)
  return seeOther(visit.to('/cart'))
}

export const pages: Page[] = [
  { method: 'GET', path: '/cart', show },
  { method: 'POST', path: '/cart/items', show: add },
  { method: 'POST', path: '/cart/items/:line_id', ids: { line_id: 'line_item' }, show: change },
  { method: 'POST', path: '/cart/delivery', show: chooseDelivery },
  { method: 'POST', path: '/cart/codes', show: changeCodes },
]
