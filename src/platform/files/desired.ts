import { createHash } from 'node:crypto'
import { toMinor } from '../../kernel/index.js'
import { flatCategories, type TenantFiles, waysOf } from './read.js'
import type { ProductFile, StoreFile, TranslationFile, VendorFile } from './schema.js'

/**
 * What can be described by files, in the order in which it is made: later kinds refer to earlier ones. Files and
 * database are both turned into items of the same form, so that comparing them is comparing values.
 */
export const itemKinds = [
  'tenant',
  'store',
  'region',
  'tax region',
  'category',
  'collection',
  'return reason',
  'vendor',
  'shipping option',
  'product',
  'translation',
  'commission rule',
  'picture',
  'storefront',
] as const
export type ItemKind = (typeof itemKinds)[number]

export interface Item {
  kind: ItemKind
  /** What it is known by: a handle, a name, a country. */
  key: string
  value: Record<string, unknown>
}

type Amounts = Readonly<Record<string, number>>

/** Amounts as minor units, in the order of their currencies. */
function minorOf(amounts: Amounts): Record<string, number> {
  const entries = Object.entries(amounts).map(([currency, amount]): [string, number] => [currency, Number(toMinor(amount, currency))])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const ppmOf = (percent: number) => Math.round(percent * 10_000)
const sorted = (values: readonly string[]) => [...new Set(values)].sort()

/** The store's own language, and the others in the order of their tags. */
function ownFirst([own, ...others]: readonly string[]): (string | undefined)[] {
  return [own, ...sorted(others)]
}

/** A store's files as items. */
export function desiredItems(files: TenantFiles): Item[] {
  const { store, vendors, pictures, theme } = files
  return [
    ...storeItems(store),
    ...flatCategories(store.categories).map(
      (category, rank): Item => ({
        kind: 'category',
        key: category.handle,
        value: { name: category.name, description: category.description ?? '', parent: category.parent, rank },
      }),
    ),
    ...store.collections.map((collection): Item => ({ kind: 'collection', key: collection.handle, value: { title: collection.title } })),
    ...store.return_reasons.map(
      ({ value, label, description }): Item => ({ kind: 'return reason', key: value, value: { label, description: description ?? null } }),
    ),
    ...vendors.flatMap(vendorItems),
    ...translationItems(files),
    ...store.commission_rules.map(
      (rule): Item => ({
        kind: 'commission rule',
        key: rule.name,
        value: {
          rate_ppm: ppmOf(rule.rate),
          fixed_minor: rule.fixed === undefined ? 0 : Number(toMinor(rule.fixed, rule.currency as string)),
          currency: rule.currency ?? null,
          vendor: rule.vendor ?? null,
          category: rule.category ?? null,
          type: rule.type ?? null,
        },
      }),
    ),
    ...[...pictures].map(([name, content]): Item => ({ kind: 'picture', key: name, value: { sha256: sha256(content) } })),
    // Stored values are JSON: what is undefined is not there.
    ...(theme === undefined ? [] : [{ kind: 'storefront' as const, key: store.slug, value: { theme: JSON.parse(JSON.stringify(theme)) } }]),
  ]
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** What a text is of: the table, and the name of its row in the files, as actual.ts puts it together. */
type Named = readonly [reference: string, name: string, words: Record<string, string | undefined>]

function translationItems(files: TenantFiles): Item[] {
  return [...files.translations].flatMap(([locale, file]) =>
    [...namedByHandle(files, file), ...namedByWord(files, file)].map(
      ([reference, name, words]): Item => ({ kind: 'translation', key: `${locale} ${reference} ${name}`, value: { words } }),
    ),
  )
}

function namedByHandle({ vendors }: TenantFiles, file: TranslationFile): Named[] {
  const things = (reference: string, entries: Record<string, Record<string, string | undefined>>) =>
    Object.entries(entries).map(([handle, words]): Named => [reference, handle, { ...words }])
  const products = vendors
    .flatMap((vendor) => vendor.products)
    .map(({ handle, material }): Named => {
      const shared = material === undefined ? undefined : file.words[material]
      return ['product', handle, { ...(shared === undefined ? {} : { material: shared }), ...file.products[handle] }]
    })
    .filter(([, , words]) => Object.keys(words).length > 0)
  return [
    ...things('product_category', file.categories),
    ...things('product_collection', file.collections),
    ...things('vendor', file.vendors),
    ...products,
  ]
}

function namedByWord({ store, vendors }: TenantFiles, { words }: TranslationFile): Named[] {
  const named = (reference: string, path: readonly string[], field: string): Named[] => {
    const word = words[path.at(-1) as string]
    return word === undefined ? [] : [[reference, path.join('/'), { [field]: word }]]
  }
  const products = vendors.flatMap((vendor) => vendor.products)
  return [
    ...store.regions.flatMap((region) => named('region', [region.name], 'name')),
    ...vendors.flatMap((vendor) => waysOf(vendor).flatMap(({ name }) => named('shipping_option', [vendor.handle, name], 'name'))),
    ...store.return_reasons.flatMap(({ label }) => named('return_reason', [label], 'label')),
    ...products.flatMap(({ handle, options }) =>
      options.flatMap(({ title, values }) => [
        ...named('product_option', [handle, title], 'title'),
        ...values.flatMap((value) => named('product_option_value', [handle, title, value], 'value')),
      ]),
    ),
  ]
}

/** The plan that a store's file names, with what the platform takes. */
export function planOf(store: StoreFile): { name: string; fee: { rate_ppm: number; fixed: Record<string, number> } } | null {
  if (store.plan === undefined) return null
  return { name: store.plan.name, fee: { rate_ppm: ppmOf(store.plan.rate), fixed: minorOf(store.plan.fixed) } }
}

function storeItems(store: StoreFile): Item[] {
  const plan = planOf(store)
  return [
    // The plan of a store whose file names none is the operator's matter.
    { kind: 'tenant', key: store.slug, value: { name: store.name, ...(plan === null ? {} : { plan: plan.name, fee: plan.fee }) } },
    {
      kind: 'store',
      key: store.slug,
      value: {
        name: store.name,
        default_currency: store.default_currency,
        currencies: sorted(store.currencies),
        ...(store.locales === undefined ? {} : { locales: ownFirst(store.locales) }),
        auto_pick_shipping: store.auto_pick_shipping,
        payment_capture: store.payment_capture,
        mail_from_name: store.mail_from_name ?? null,
        // What staff say over the API stays where the file says nothing.
        ...(store.payment_instructions === undefined ? {} : { payment_instructions: store.payment_instructions }),
      },
    },
    ...store.regions.map(
      (region, index): Item => ({
        kind: 'region',
        key: region.name,
        value: {
          currency: region.currency,
          countries: sorted(region.countries),
          tax_inclusive: region.tax_inclusive,
          automatic_taxes: region.automatic_taxes,
          payment_providers: sorted(region.payment_providers),
          is_default: index === 0,
        },
      }),
    ),
    // Countries before their provinces.
    ...[...store.taxes]
      .sort((a, b) => Number(a.province !== undefined) - Number(b.province !== undefined))
      .map(
        (tax): Item => ({
          kind: 'tax region',
          key: tax.province === undefined ? tax.country : `${tax.country}-${tax.province.toLowerCase().replace(`${tax.country}-`, '')}`,
          value: {
            rates: tax.rates
              .map((rate) => ({
                code: rate.code,
                name: rate.name,
                rate_ppm: ppmOf(rate.rate),
                is_default: rate.default,
                is_combinable: rate.combinable,
                product_types: sorted(rate.product_types),
              }))
              .sort((a, b) => (a.code < b.code ? -1 : 1)),
          },
        }),
      ),
  ]
}

function vendorItems(vendor: VendorFile): Item[] {
  const { address } = vendor.location
  return [
    {
      kind: 'vendor',
      key: vendor.handle,
      value: {
        name: vendor.name,
        description: vendor.description ?? null,
        email: vendor.email,
        logo: vendor.logo ?? null,
        location: vendor.location.name,
        address:
          address === undefined
            ? null
            : {
                address_1: address.address_1,
                address_2: address.address_2 ?? null,
                city: address.city,
                postal_code: address.postal_code,
                country_code: address.country_code,
                province: address.province ?? null,
              },
      },
    },
    ...waysOf(vendor).map(
      (option): Item => ({
        kind: 'shipping option',
        key: `${vendor.handle} / ${option.name}`,
        value: {
          vendor: vendor.handle,
          name: option.name,
          type: option.type,
          countries: sorted(option.countries),
          prices: minorOf(option.prices),
          is_return: option.isReturn,
        },
      }),
    ),
    ...vendor.products.map((product): Item => ({ kind: 'product', key: product.handle, value: productValue(product, vendor.handle) })),
  ]
}

/** Stock is not part of it: what is on the shelf changes with every sale, and files must not bring it back. */
function productValue(product: ProductFile, vendor: string): Record<string, unknown> {
  return {
    vendor,
    title: product.title,
    subtitle: product.subtitle ?? null,
    description: product.description ?? null,
    status: product.status,
    type: product.type ?? null,
    tags: sorted(product.tags),
    categories: sorted(product.categories),
    collection: product.collection ?? null,
    images: product.images,
    material: product.material ?? null,
    origin_country: product.origin_country ?? null,
    weight: product.weight ?? null,
    options: product.options.map((option) => ({ title: option.title, values: [...new Set(option.values)] })),
    variants: product.variants.map((variant) => ({
      sku: variant.sku,
      title: variant.title ?? (Object.values(variant.options).join(' / ') || 'Default'),
      barcode: variant.barcode ?? null,
      options: Object.fromEntries(Object.entries(variant.options).sort(([a], [b]) => (a < b ? -1 : 1))),
      prices: minorOf(variant.prices),
      compare_at: minorOf(variant.compare_at),
      manage_inventory: variant.manage_inventory,
      allow_backorder: variant.allow_backorder,
    })),
  }
}

/** Pieces on the shelf when a product is made, by SKU. */
export function firstStock(files: TenantFiles): Map<string, number> {
  return new Map(
    files.vendors.flatMap((vendor) =>
      vendor.products.flatMap((product) =>
        product.variants.map((variant): [string, number] => [`${vendor.handle} ${variant.sku}`, variant.stock]),
      ),
    ),
  )
}
