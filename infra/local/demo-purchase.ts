import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Demo, DemoTenant, DemoVendor } from '../../seeds/demo.js'
import { type Api, apiOf, type Body, DemoEnds, end, importFiles, money, paint, pause, say, table, tell } from './demo-terminal.js'

// Started by infra/demo-purchase.mjs. Speaks HTTP alone, as a storefront and a vendor's software do, and takes its
// sign-ins from demo.json. Every figure that is shown was answered by the API.

interface Stage {
  api: Api
  store: DemoTenant
  other: DemoTenant | undefined
  mailPage: string | null
}

interface Pick {
  product: Body
  variant: Body
}

interface Purchase {
  region: Body
  picks: readonly Pick[]
  order: Body
  email: string
}

const vendorsWanted = 3
/** Of each vendor. */
const productsShown = 4
const mailWait_ms = 10_000

try {
  await purchase()
} catch (error) {
  end(error)
}

async function purchase(): Promise<void> {
  const { values } = parseArgs({ options: { csv: { type: 'string' } }, strict: true })
  const stage = setStage()
  const imported = values.csv === undefined ? null : await importFiles(stage.api, stage.store, values.csv)
  const { region, picks } = await browse(stage, imported)
  const { cart, email } = await fillCart(stage, region, picks)
  const order = await pay(stage, cart)
  const done: Purchase = { region, picks, order, email }
  const parts = await showSplit(stage, done)
  await showBooks(stage, done)
  await showBorders(stage, done)
  await ship(stage, done, parts)
  await showMails(stage, done)
}

function setStage(): Stage {
  const home = path.resolve(process.env.STOA_HOME || '.stoa')
  const file = path.join(home, 'demo.json')
  if (!fs.existsSync(file)) throw new DemoEnds(`nothing runs: there is no ${file}. Start the demo first with npm start`)
  const demo = JSON.parse(fs.readFileSync(file, 'utf8')) as Demo
  const store = demo.tenants.find((tenant) => tenant.vendors.length >= vendorsWanted)
  if (store === undefined) throw new DemoEnds(`no demo store has ${vendorsWanted} vendors`)
  const running = path.join(home, 'running.json')
  const { mail_page_url: mailPage = null } = fs.existsSync(running) ? JSON.parse(fs.readFileSync(running, 'utf8')) : {}
  return { api: apiOf(demo.base_url), store, other: demo.tenants.find((tenant) => tenant !== store), mailPage }
}

function asShopper({ store }: Stage) {
  return { 'x-publishable-api-key': store.publishable_key }
}

function asStaff({ store }: Stage) {
  return { authorization: `Basic ${Buffer.from(`${store.secret_key}:`).toString('base64')}` }
}

function asVendor(vendor: DemoVendor) {
  return { authorization: `Bearer ${vendor.api_key}` }
}

/** Shows what is for sale, and picks one thing of each vendor, of what was imported if something was. */
async function browse(stage: Stage, imported: ReadonlySet<string> | null): Promise<{ region: Body; picks: Pick[] }> {
  say(`A shopper comes to ${stage.store.slug}. The publishable key says which store is meant.`)
  const { regions } = await stage.api.get('/store/regions', asShopper(stage))
  const wanted = imported === null ? vendorsWanted : 1
  for (const region of regions) {
    const products = await productsIn(stage, region)
    const offered = imported === null ? products : products.filter((product) => imported.has(product.id))
    const picks = picksOf(offered)
    if (picks.length < wanted) continue
    tell(
      `Prices in ${region.currency_code.toUpperCase()}, for delivery to ${region.countries[0].display_name ?? region.countries[0].iso_2}`,
    )
    const shown = imported === null ? picks.slice(0, vendorsWanted) : picks
    const rows = shown.flatMap((pick) => offered.filter((product) => product.vendor?.id === pick.product.vendor.id).slice(0, productsShown))
    table(
      ['Vendor', 'Product', 'From'],
      rows.map((product) => [product.vendor.name, product.title, fromPrice(product, region)]),
    )
    return { region, picks: shown }
  }
  throw new DemoEnds(
    imported === null
      ? `fewer than ${vendorsWanted} vendors have something in stock`
      : 'nothing of what was imported has a price and is in stock',
  )
}

async function productsIn(stage: Stage, region: Body): Promise<Body[]> {
  const fields = '*variants.calculated_price,+variants.inventory_quantity,*vendor'
  const query = new URLSearchParams({ limit: '200', region_id: region.id, fields })
  const { products } = await stage.api.get(`/store/products?${query}`, asShopper(stage))
  return products
}

function priceOf(variant: Body): number {
  return variant.calculated_price?.calculated_amount ?? 0
}

function isSellable(variant: Body): boolean {
  return priceOf(variant) > 0 && (variant.manage_inventory === false || variant.allow_backorder === true || variant.inventory_quantity > 0)
}

function fromPrice(product: Body, region: Body): string {
  const prices = product.variants.map(priceOf).filter((price: number) => price > 0)
  return prices.length === 0 ? 'not sold here' : money(Math.min(...prices), region.currency_code)
}

function picksOf(products: readonly Body[]): Pick[] {
  const picks = new Map<string, Pick>()
  for (const product of products) {
    const variant = product.variants.find(isSellable)
    if (variant !== undefined && product.vendor != null && !picks.has(product.vendor.id)) picks.set(product.vendor.id, { product, variant })
  }
  return [...picks.values()]
}

async function fillCart(stage: Stage, region: Body, picks: readonly Pick[]): Promise<{ cart: Body; email: string }> {
  const { api } = stage
  say(`One cart takes something of each of ${picks.length} vendors.`)
  const { cart } = await api.post('/store/carts', asShopper(stage), { region_id: region.id })
  for (const { product, variant } of picks) {
    await api.post(`/store/carts/${cart.id}/line-items`, asShopper(stage), { variant_id: variant.id, quantity: 1 })
    tell(`${product.vendor.name}: ${product.title}, ${variant.title}`)
  }
  say('An address, and a delivery from each vendor.')
  const email = `ada.${cart.id.slice(-8).toLowerCase()}@example.com`
  const country = region.countries[0].iso_2
  const address = {
    first_name: 'Ada',
    last_name: 'Byron',
    address_1: '1 Main Street',
    city: 'Town',
    postal_code: '12345',
    country_code: country,
  }
  await api.post(`/store/carts/${cart.id}`, asShopper(stage), { email, shipping_address: address, billing_address: address })
  const { shipping_options: options } = await api.get(`/store/shipping-options?cart_id=${cart.id}`, asShopper(stage))
  const cheapest = new Map<string, Body>()
  for (const option of options) {
    const known = cheapest.get(option.shipping_profile_id)
    if (known === undefined || option.amount < known.amount) cheapest.set(option.shipping_profile_id, option)
  }
  for (const option of cheapest.values()) {
    await api.post(`/store/carts/${cart.id}/shipping-methods`, asShopper(stage), { option_id: option.id })
    const vendor = picks.find(({ product }) => product.vendor.id === option.vendor_id)?.product.vendor.name ?? ''
    tell(`${vendor}: ${option.name}, ${money(option.amount, region.currency_code)}`)
  }
  const filled = await api.get(`/store/carts/${cart.id}`, asShopper(stage))
  return { cart: filled.cart, email }
}

async function pay(stage: Stage, cart: Body): Promise<Body> {
  const { api } = stage
  const amount = (value: number) => money(value, cart.currency_code)
  say(`One payment of ${amount(cart.total)}. The button is pressed three times at once.`)
  tell(`Items ${amount(cart.item_subtotal)}, shipping ${amount(cart.shipping_subtotal)}, tax ${amount(cart.tax_total)}`)
  const { payment_collection: collection } = await api.post('/store/payment-collections', asShopper(stage), { cart_id: cart.id })
  await api.post(`/store/payment-collections/${collection.id}/payment-sessions`, asShopper(stage), { provider_id: 'pp_system_default' })
  const press = () => api.post(`/store/carts/${cart.id}/complete`, asShopper(stage))
  const answers = await Promise.all([press(), press(), press()])
  const ids = new Set(answers.map((answer) => answer.order?.id))
  if (ids.size !== 1 || ids.has(undefined)) throw new DemoEnds(`the cart was not completed: ${JSON.stringify(answers[0]).slice(0, 300)}`)
  const fields = encodeURIComponent('+payment_status,*items,*vendor_orders')
  const { order } = await api.get(`/store/orders/${[...ids][0]}?fields=${fields}`, asShopper(stage))
  tell(`All three answers are order ${order.display_id}: ${amount(order.total)}, ${order.payment_status}`)
  return order
}

/** Each vendor signs in with its own key and sees its own part. Answers the parts with who they belong to. */
async function showSplit(stage: Stage, { order, picks }: Purchase): Promise<{ vendor: DemoVendor; part: Body }[]> {
  say('The money is divided: each vendor sees its own order, and what it gets.')
  const parts: { vendor: DemoVendor; part: Body }[] = []
  for (const vendor of stage.store.vendors) {
    const handles = picks.map(({ product }) => product.vendor.handle)
    if (!handles.includes(vendor.handle)) continue
    const { orders } = await stage.api.get('/vendor/orders?limit=20&order=-created_at', asVendor(vendor))
    const part = orders.find((candidate: Body) => order.vendor_orders.some((known: Body) => known.id === candidate.id))
    if (part === undefined) throw new DemoEnds(`${vendor.name} does not see its part of order ${order.display_id}`)
    parts.push({ vendor, part })
  }
  const columns = ['item_subtotal', 'shipping_subtotal', 'tax_total', 'total', 'commission_total', 'vendor_amount']
  const amount = (value: number) => money(value, order.currency_code)
  const sumOf = (column: string) => parts.reduce((sum, { part }) => sum + part[column], 0)
  table(
    ['Vendor order', 'Vendor', 'Items', 'Shipping', 'Tax', 'Total', 'Commission', 'Vendor gets'],
    [
      ...parts.map(({ vendor, part }) => [part.display_id, vendor.name, ...columns.map((column) => amount(part[column]))]),
      ['Together', '', ...columns.map((column) => amount(sumOf(column)))],
    ],
  )
  return parts
}

async function showBooks(stage: Stage, { order, picks }: Purchase): Promise<void> {
  say('The books: every amount has a from and a to.')
  const amount = (value: number) => money(value, order.currency_code)
  const nameOf = (posting: Body) =>
    picks.find(({ product }) => product.vendor.id === posting.party_id)?.product.vendor.name ?? posting.party_id ?? ''
  const { transactions } = await stage.api.get('/admin/ledger/transactions?limit=50', asStaff(stage))
  const isOurs = (entry: Body) => entry.source === order.id || entry.postings.some((posting: Body) => posting.order_id === order.id)
  const rows = transactions
    .filter(isOurs)
    .toReversed()
    .flatMap((entry: Body) =>
      entry.postings.map((posting: Body) => [
        entry.kind,
        `${posting.code} ${nameOf(posting)}`.trim(),
        posting.amount > 0 ? amount(posting.amount) : '',
        posting.amount < 0 ? amount(-posting.amount) : '',
      ]),
    )
  table(['Entry', 'Account', 'Debit', 'Credit'], rows)
  const { balances } = await stage.api.get('/admin/ledger/balances', asStaff(stage))
  tell('What the accounts of the store stand at now:')
  table(
    ['Account', 'Balance'],
    balances.map((balance: Body) => [`${balance.code} ${nameOf(balance)}`.trim(), money(balance.balance, balance.currency_code)]),
  )
  const { is_balanced } = await stage.api.get('/admin/ledger/trial-balance', asStaff(stage))
  tell(is_balanced ? paint('green', 'All postings sum to nothing: the books balance.') : paint('red', 'The books do not balance.'))
}

async function showBorders(stage: Stage, { order }: Purchase): Promise<void> {
  say('Nobody sees what is not theirs.')
  const [first, second] = order.vendor_orders
  const outsider = stage.store.vendors.find((vendor) => vendor.handle !== first.vendor?.handle) as DemoVendor
  const foreign = (await stage.api.status(`/vendor/orders/${first.id}`, asVendor(outsider))) === 404 ? first : second
  tell(
    `${outsider.name} asks for vendor order ${foreign.display_id}: ${await stage.api.status(`/vendor/orders/${foreign.id}`, asVendor(outsider))}`,
  )
  if (stage.other === undefined) return
  const key = { 'x-publishable-api-key': stage.other.publishable_key }
  tell(`${stage.other.slug} asks for order ${order.display_id}: ${await stage.api.status(`/store/orders/${order.id}`, key)}`)
}

async function ship(stage: Stage, { order }: Purchase, parts: readonly { vendor: DemoVendor; part: Body }[]): Promise<void> {
  const { vendor, part } = parts[0] as { vendor: DemoVendor; part: Body }
  say(`${vendor.name} packs and sends its part; the others are still to come.`)
  const items = part.items.map((item: Body) => ({ id: item.id, quantity: item.quantity }))
  const packed = await stage.api.post(`/vendor/orders/${part.id}/fulfillments`, asVendor(vendor), { items })
  const number = `STOA-${part.display_id}`
  const labels = [{ tracking_number: number, tracking_url: `https://carrier.example/${number}` }]
  const parcel = `/vendor/orders/${part.id}/fulfillments/${packed.order.fulfillments[0].id}`
  await stage.api.post(`${parcel}/shipments`, asVendor(vendor), { labels })
  const seen = await stage.api.get(`/store/orders/${order.id}`, asShopper(stage))
  tell(`Parcel ${number}; the shopper sees the order as ${seen.order.fulfillment_status}`)
}

/** What the shopper was sent: the confirmation, and the notice of the parcel. */
async function showMails(stage: Stage, { email }: Purchase): Promise<void> {
  say('The shopper was told by mail.')
  if (stage.mailPage === null) return tell('Mail goes to the server named by SMTP_URL.')
  const until = Date.now() + mailWait_ms
  let mails: Body[] = []
  while (mails.length < 2 && Date.now() < until) {
    const { messages } = await apiOf(stage.mailPage).get('/messages', {})
    mails = messages.filter((mail: Body) => mail.to.includes(email))
    if (mails.length < 2) await pause(200)
  }
  for (const mail of mails) tell(mail.subject)
  if (mails.length < 2) tell(paint('red', `Only ${mails.length} of 2 mails came within ${mailWait_ms / 1_000} s`))
  tell(`To read them: ${stage.mailPage}`)
}
