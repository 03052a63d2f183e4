import Stripe from 'stripe'
import { nouns } from '../../seeds/words.js'
import { productFields } from '../../src/web/pages/product.js'
import { cardFields } from '../../src/web/parts/product-card.js'
import { asAdmin } from '../support/database.js'
import type { Memory, Step } from './load.js'

/** What the workloads need to know of the store that they use. */
export interface Shop {
  regionId: string
  /** Of the large catalogue. */
  productIds: readonly string[]
  /** Handles of the same products, and of the categories. */
  productHandles: readonly string[]
  categoryHandles: readonly string[]
  /** Variants by vendor: an operation takes one of each. */
  variantsByVendor: readonly (readonly string[])[]
  /** Where Stripe sends, and what it signs with. */
  hook: { path: string; secret: string }
}

export interface Workload {
  name: string
  steps: readonly Step[]
  /** Paths of a read, each once: they have a floor. Empty for what writes. */
  reads: readonly string[]
  /** What writes, and has a floor. */
  writes?: true
  /** Looked at when the load is over: throws when what was answered is not there. */
  check?(adminUrl: string, answered: number): Promise<void>
  /** Operations a second of others, on one core of another machine: for scale only. Null for what they do not do. */
  others: { medusa: string; vendure: string } | null
  /** Asked of the store's own host: a page of its storefront. */
  page?: true
}

const withPrices = '*variants.calculated_price'
/** A step that is prime to what it walks over visits everything, in an order without a pattern. */
const stride = 617
const varieties = 200
export const productPageName = 'W9 product page, made anew'
export const productDataName = 'W11 data of a product page'

/**
 * Five things that shoppers' software does, one that Stripe does, and pages of a storefront, made once for all and made for
 * each, beside what the data of one costs. The figures of others are Medusa 2 and Vendure 3 with the same catalogue.
 */
export function workloadsOf(shop: Shop): Workload[] {
  const list = (rest: string) => `/store/products?limit=20&region_id=${shop.regionId}&fields=${withPrices}${rest}`
  const numbers = Array.from({ length: varieties }, (_, index) => index)
  const offsets = numbers.map((index) => (index * stride) % Math.max(1, shop.productIds.length - 20))
  const products = numbers.map((index) => shop.productIds[(index * stride) % shop.productIds.length] as string)
  return [
    read(
      'W1 list 20 products',
      offsets.map((offset) => list(`&offset=${offset}`)),
      { medusa: '15', vendure: '5.6' },
    ),
    read(
      'W2 one product',
      products.map((id) => `/store/products/${id}?region_id=${shop.regionId}&fields=${withPrices}`),
      { medusa: '31', vendure: '49' },
    ),
    read(
      'W3 search',
      nouns.map((noun) => list(`&q=${encodeURIComponent(noun.toLowerCase())}`)),
      { medusa: '13', vendure: '5' },
    ),
    { name: 'W4 cart of 3 items', steps: cartSteps(shop), reads: [], writes: true, others: { medusa: '1.8', vendure: '13' } },
    {
      name: 'W5 checkout, 3 vendors',
      steps: [...cartSteps(shop), ...checkoutSteps()],
      reads: [],
      writes: true,
      others: { medusa: '0.7', vendure: '3.9' },
    },
    ...pagesOf(shop),
    events(shop.hook),
    productPageData(shop),
  ]
}

/** What an address says that no page knows makes it another page for caches. */
function pagesOf({ productHandles, categoryHandles }: Shop): Workload[] {
  let request = 0
  const page = (name: string, path: (number: number) => string): Workload => ({
    name,
    steps: [{ method: 'GET', path: () => path(request++) }],
    reads: [],
    others: null,
    page: true,
  })
  const category = (number: number) => `/categories/${categoryHandles[number % categoryHandles.length]}`
  const product = (number: number) => `/products/${productHandles[(number * stride) % productHandles.length]}`
  return [
    page('W6 category page, cached', () => category(0)),
    page('W7 category page, made anew', (number) => `${category(number)}?made=${number}`),
    page('W8 product page, cached', () => product(0)),
    page(productPageName, (number) => `${product(number)}?made=${number}`),
  ]
}

/** What W9 asks the Store API for in the process, asked for over HTTP: what the page costs more is for making it a page. */
function productPageData({ productHandles, regionId }: Shop): Workload {
  let operation = 0
  const list = (rest: Record<string, string>) =>
    `/store/products?${new URLSearchParams({ region_id: regionId, country_code: 'us', ...rest })}`
  const steps: Step[] = [
    {
      method: 'GET',
      path: () =>
        list({ handle: productHandles[(stride * operation++) % productHandles.length] as string, limit: '1', fields: productFields }),
      keep(memory, answer: { products: { id: string; vendor: { id: string } }[] }) {
        Object.assign(memory, { product: answer.products[0]?.id, vendor: answer.products[0]?.vendor.id })
      },
    },
    { method: 'GET', path: (memory) => `/store/products/${memory.product}/reviews?limit=10` },
    { method: 'GET', path: (memory) => list({ vendor_id: memory.vendor as string, limit: '5', fields: cardFields }) },
  ]
  return { name: productDataName, steps, reads: [], others: null }
}

/** Taking in what Stripe tells: each event is another one, and every one that was answered is in the database. */
function events({ path, secret }: Shop['hook']): Workload {
  let sent = 0
  return {
    name: 'W10 take in an event',
    steps: [
      {
        method: 'POST',
        path: () => path,
        body: () => ({
          id: `evt_${process.pid}_${++sent}`,
          object: 'event',
          type: 'charge.updated',
          livemode: false,
          created: Math.floor(Date.now() / 1_000),
          data: { object: { id: `ch_${sent}`, object: 'charge', payment_intent: `pi_${sent}`, amount: 1_000, currency: 'usd' } },
        }),
        headers: (_memory, payload) => ({ 'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }) }),
      },
    ],
    reads: [],
    others: null,
    async check(adminUrl, answered) {
      const [row] = await asAdmin<{ count: number }>(adminUrl, 'select count(*)::int as count from app.payment_event')
      if ((row?.count ?? 0) < answered) throw new Error(`${answered} events were answered, ${row?.count} are in the database`)
    },
  }
}

function read(name: string, paths: readonly string[], others: NonNullable<Workload['others']>): Workload {
  let next = 0
  const path = () => paths[next++ % paths.length] as string
  return { name, steps: [{ method: 'GET', path }], reads: paths, others }
}

function cartSteps(shop: Shop): Step[] {
  let operation = 0
  const created: Step = {
    method: 'POST',
    path: () => '/store/carts',
    body: () => ({ region_id: shop.regionId }),
    keep(memory, answer: { cart: { id: string } }) {
      operation += 1
      Object.assign(memory, { operation, cart: answer.cart.id })
    },
  }
  const added = shop.variantsByVendor.map(
    (variants): Step => ({
      method: 'POST',
      path: (memory) => `/store/carts/${memory.cart}/line-items`,
      body: (memory) => ({ variant_id: variants[((memory.operation as number) * stride) % variants.length], quantity: 1 }),
    }),
  )
  return [created, ...added]
}

interface Option {
  id: string
  shipping_profile_id: string
}

function checkoutSteps(): Step[] {
  const ofCart = (rest: string) => (memory: Memory) => `/store/carts/${memory.cart}${rest}`
  return [
    {
      method: 'POST',
      path: ofCart(''),
      body(memory) {
        const address = {
          first_name: 'Ada',
          last_name: 'Byron',
          address_1: '1 Main Street',
          city: 'Town',
          postal_code: '12345',
          country_code: 'us',
        }
        return { email: `ada.${memory.operation}@example.com`, shipping_address: address, billing_address: address }
      },
    },
    {
      method: 'GET',
      path: (memory) => `/store/shipping-options?cart_id=${memory.cart}`,
      keep(memory, answer: { shipping_options: Option[] }) {
        // One choice, as a simple client makes it: the other vendors' is taken for the shopper.
        memory.option = answer.shipping_options[0]?.id
      },
    },
    { method: 'POST', path: ofCart('/shipping-methods'), body: (memory) => ({ option_id: memory.option }) },
    {
      method: 'POST',
      path: () => '/store/payment-collections',
      body: (memory) => ({ cart_id: memory.cart }),
      keep(memory, answer: { payment_collection: { id: string } }) {
        memory.collection = answer.payment_collection.id
      },
    },
    {
      method: 'POST',
      path: (memory) => `/store/payment-collections/${memory.collection}/payment-sessions`,
      body: () => ({ provider_id: 'pp_system_default' }),
    },
    {
      method: 'POST',
      path: ofCart('/complete'),
      body: () => ({}),
      keep(_memory, answer: { type: string }) {
        if (answer.type !== 'order') throw new Error(`complete answered ${JSON.stringify(answer).slice(0, 300)}`)
      },
    },
  ]
}
