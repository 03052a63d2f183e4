import { createApiKey, hashPassword, vendorKeyPermissions } from '../../src/access/index.js'
import { createProduct } from '../../src/catalog/index.js'
import type { Scope } from '../../src/db/index.js'
import { createTenant } from '../../src/platform/index.js'
import { addMember, addShippingOption, createVendor } from '../../src/vendors/index.js'
import type { TestApp } from './app.js'
import { type Client, client } from './client.js'
import { asAdmin } from './database.js'

export interface TestVendor {
  id: string
  handle: string
  locationId: string
  profileId: string
  shippingOptionId: string
  email: string
  password: string
  /** A vendor key with every permission that such a key may have. */
  apiKey: string
  products: TestProduct[]
}

export interface TestProduct {
  id: string
  handle: string
  variantIds: string[]
}

export interface TestStore {
  tenantId: string
  publicId: string
  slug: string
  publishableKey: string
  secretKey: string
  owner: { email: string; password: string }
  regionId: string
  salesChannelId: string
  currency: string
  vendors: TestVendor[]
  /** Role store in this tenant, for looking at rows through the code's own door. */
  scope: Scope
  /** A shopper's client. */
  shopper: Client
  /** The store's own software. */
  admin: Client
  vendor(index: number): Client
}

export interface TestStoreOptions {
  slug?: string
  currency?: string
  country?: string
  vendors?: number
  productsPerVendor?: number
  /** Minor units of the price of every variant; by position of the product otherwise: 1000, 1100, … */
  price_minor?: bigint
  stock?: number
  /** Per cent of every line; 10 when absent. */
  commission_ppm?: number
  /** Taxed on top at this rate in the store's country; not at all when absent. */
  tax_ppm?: number
  taxInclusive?: boolean
  paymentCapture?: 'manual' | 'automatic'
  autoPickShipping?: boolean
}

let counter = 0

/** A password hash is slow on purpose: one for all test people. */
let sharedHash: Promise<string> | undefined
const password = 'correct horse battery'

/** Makes a tenant of its own for a suite: vendors with members, keys, shipping and products, ready to sell. */
export async function createTestStore(app: TestApp, options: TestStoreOptions = {}): Promise<TestStore> {
  counter += 1
  const slug = options.slug ?? `store-${process.pid}-${counter}`
  const currency = options.currency ?? 'usd'
  const owner = { email: `owner@${slug}.example`, password }
  const created = await createTenant(app.db, {
    slug,
    name: `Store ${slug}`,
    default_currency: currency,
    default_country: options.country ?? 'us',
    owner,
  })
  const scope: Scope = { role: 'platform', tenantId: created.id }
  await applySettings(app, created.id, options)
  const vendors: TestVendor[] = []
  for (let index = 0; index < (options.vendors ?? 1); index += 1) vendors.push(await addVendor(app, scope, slug, index, currency, options))
  const [row] = await asAdmin<{ region_id: string; channel_id: string }>(
    app.adminUrl,
    'select default_region_id as region_id, default_sales_channel_id as channel_id from app.store where tenant_id = $1',
    [created.id],
  )
  return {
    tenantId: created.id,
    publicId: created.publicId,
    slug,
    publishableKey: created.publishableKey,
    secretKey: created.secretKey,
    owner,
    regionId: row?.region_id as string,
    salesChannelId: row?.channel_id as string,
    currency,
    vendors,
    scope: { role: 'store', tenantId: created.id },
    shopper: client(app, { publishableKey: created.publishableKey }),
    admin: client(app, { secretKey: created.secretKey }),
    vendor: (index) => client(app, { token: vendors[index]?.apiKey as string }),
  }
}

async function applySettings(app: TestApp, tenantId: string, options: TestStoreOptions): Promise<void> {
  await asAdmin(app.adminUrl, 'update app.store set payment_capture = $2, auto_pick_shipping = $3 where tenant_id = $1', [
    tenantId,
    options.paymentCapture ?? 'automatic',
    options.autoPickShipping ?? true,
  ])
  await asAdmin(
    app.adminUrl,
    `insert into app.commission_rule (tenant_id, id, name, rate_ppm) values ($1, 'comr_default', 'Everything', $2)`,
    [tenantId, options.commission_ppm ?? 100_000],
  )
  const country = options.country ?? 'us'
  if (options.tax_ppm !== undefined) {
    await asAdmin(app.adminUrl, `insert into app.tax_region (tenant_id, id, country_code) values ($1, 'txreg_test', $2)`, [
      tenantId,
      country,
    ])
    await asAdmin(
      app.adminUrl,
      `insert into app.tax_rate (tenant_id, id, tax_region_id, name, code, rate_ppm, is_default)
       values ($1, 'txr_test', 'txreg_test', 'Tax', 'tax', $2, true)`,
      [tenantId, options.tax_ppm],
    )
  }
  if (options.taxInclusive === true) {
    await asAdmin(
      app.adminUrl,
      `insert into app.price_preference (tenant_id, id, attribute, value, is_tax_inclusive) values ($1, 'prpref_test', 'currency_code', $2, true)`,
      [tenantId, options.currency ?? 'usd'],
    )
  }
}

async function addVendor(
  app: TestApp,
  scope: Scope,
  slug: string,
  index: number,
  currency: string,
  options: TestStoreOptions,
): Promise<TestVendor> {
  const handle = `vendor-${index + 1}`
  const email = `${handle}@${slug}.example`
  sharedHash ??= hashPassword(password)
  const password_hash = await sharedHash
  return app.db.unitOfWork(scope, async (unit) => {
    const { vendorId, locationId, profileId } = await createVendor(unit, { handle, name: `Vendor ${index + 1}`, email })
    await addMember(unit, { vendor_id: vendorId, email, password_hash, role: 'vendor_owner' })
    const { token } = await createApiKey(unit, {
      type: 'vendor',
      title: 'Test',
      vendorId,
      permissions: vendorKeyPermissions,
    })
    const shippingOptionId = await addShippingOption(unit, {
      vendor_id: vendorId,
      name: `Standard from ${handle}`,
      countries: [options.country ?? 'us'],
      prices: [{ currency_code: currency, amount_minor: 500n + BigInt(index) * 100n }],
      type_code: 'standard',
    })
    const products: TestProduct[] = []
    for (let number = 0; number < (options.productsPerVendor ?? 1); number += 1) {
      const title = `Thing ${index + 1}.${number + 1}`
      const id = await createProduct(unit, {
        vendor_id: vendorId,
        title,
        handle: `thing-${index + 1}-${number + 1}`,
        status: 'published',
        options: [{ title: 'Size', values: ['S', 'M'] }],
        variants: ['S', 'M'].map((size) => ({
          title: size,
          sku: `V${index + 1}-${number + 1}-${size}`,
          options: { Size: size },
          prices: [{ currency_code: currency, amount_minor: options.price_minor ?? 1_000n + BigInt(index * 10 + number) * 100n }],
          stock: options.stock ?? 100,
        })),
      })
      const variants = await unit
        .knex('product_variant')
        .where({ tenant_id: scope.tenantId, product_id: id })
        .orderBy('variant_rank')
        .select('id')
      products.push({ id, handle: `thing-${index + 1}-${number + 1}`, variantIds: variants.map((variant: { id: string }) => variant.id) })
    }
    return { id: vendorId, handle, locationId, profileId, shippingOptionId, email, password, apiKey: token, products }
  })
}
