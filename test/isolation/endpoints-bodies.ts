import { z } from 'zod'
import type { Route } from '../../src/http/index.js'
import type { Ids } from './endpoints-world.js'

// Bodies and queries that a route accepts, made from its schema.

/** The part of JSON Schema that our schemas come out as. */
export interface Schema {
  type?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  format?: string
  minimum?: number
  exclusiveMinimum?: number
  minItems?: number
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
}

/** Each is made once: making them anew for each of 3 500 requests takes a twelfth of the matrix's time. */
const schemas = new WeakMap<z.ZodType, Schema>()

export function schemaOf(schema: z.ZodType | undefined): Schema | undefined {
  if (schema === undefined) return undefined
  const kept = schemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
  schemas.set(schema, kept)
  return kept
}

export function branchesOf(schema: Schema): readonly Schema[] {
  return (schema.anyOf ?? schema.oneOf)?.flatMap(branchesOf) ?? [schema]
}

type OwnId = (steps: readonly string[]) => string | undefined
interface Wanted {
  steps: readonly string[]
  value: string
}

let counter = 0

/** What schemas cannot say: by the field's name. */
const byName: Record<string, () => unknown> = {
  country_code: () => 'us',
  currency_code: () => 'usd',
  countries: () => 'us',
  provider_id: () => 'pp_system_default',
  code: () => `code-${++counter}`,
  campaign_identifier: () => `campaign-${++counter}`,
  handle: () => `twin-${++counter}`,
  slug: () => `twin-${++counter}`,
  hostname: () => `twin-${++counter}.example`,
  email: () => `twin-${++counter}@example.com`,
  sku: () => `TWIN-${++counter}`,
  entity: () => 'product',
  locale_code: () => 'fr',
  province_code: () => 'ca',
  url: () => 'https://pictures.example/twin.png',
  as_of: () => new Date().toISOString(),
}

/** The options of a product that comes in one kind; its variants are told that they are of it. */
function inOneKind(product: Record<string, unknown> = {}): object[] {
  for (const variant of (product.variants ?? []) as Record<string, unknown>[]) variant.options = { Kind: 'One' }
  return [{ title: 'Kind', values: ['One'] }]
}

/** What no schema says: fields that only go together, and figures that fit what is there. */
const needs: Record<string, (own: Ids) => Record<string, unknown>> = {
  'POST /admin/price-preferences': () => ({ attribute: 'region_id' }),
  'POST /admin/disputes/:id/evidence': () => ({ uncategorized_text: 'It was sent.' }),
  'POST /admin/tax-regions': () => ({ province_code: `p${++counter}` }),
  'POST /admin/api-keys': () => ({ type: 'publishable' }),
  'POST /vendor/inventory-levels': (own) => ({ inventory_item_id: own.inventory_item, stocked_quantity: 500 }),
  'POST /auth/mfa/factors/:id/verify': (own) => ({ code: own.mfa_code }),
  'POST /auth/mfa/challenges/:id/verify': (own) => ({ method: 'recovery_code', code: own.mfa_code }),
  'POST /store/orders/:id/transfer/accept': (own) => ({ token: own.transfer_token }),
  'POST /store/orders/:id/transfer/decline': (own) => ({ token: own.transfer_token }),
  'POST /store/returns': (own) => ({ items: [{ id: own.order_line_item, quantity: 1 }] }),
  'POST /store/carts/:id/gift-cards': (own) => ({ code: own.gift_card_code }),
  'DELETE /store/carts/:id/gift-cards': (own) => ({ code: own.gift_card_code }),
  'POST /store/store-credit-accounts/claim': (own) => ({ code: own.gift_card_code }),
  'POST /admin/promotions': () => ({ application_method: { type: 'percentage', target_type: 'items', allocation: 'across', value: 10 } }),
  // One that is over: it holds nothing of what the next requests want.
  'POST /admin/holds': () => ({ until: '2026-01-01T00:00:00Z' }),
  'POST /vendor/members/:id': () => ({ role: 'vendor_packer' }),
  'POST /vendor/payee': () => ({ country: 'us' }),
  'POST /admin/store-payee': () => ({ country: 'us' }),
  'POST /platform/tenants/:id/payouts': () => ({ held_reason: null }),
  'POST /admin/commission-tax': () => ({ rate: 0 }),
  'POST /admin/vendors/:id/commission-tax': () => ({ treatment: 'exempt' }),
  'POST /vendor/seller-identity': () => ({ kind: 'company', legal_name: 'Twin Ltd' }),
  'POST /admin/vendors/:id/seller-identity': () => ({ kind: 'company', legal_name: 'Twin Ltd' }),
  'GET /admin/vendors/:id/statements': () => ({ from: '2026-01-01', to: '2026-02-01' }),
  'GET /admin/translations/entities': () => ({ type: 'product' }),
  'POST /admin/price-lists/:id/products': (own) => ({ remove: [own.product] }),
  'POST /admin/products': (own) => ({ vendor_id: own.vendor, options: inOneKind() }),
  'POST /admin/orders/:id/fulfillments': (own) => ({ items: [{ id: own.order_line_item, quantity: 1 }] }),
  'POST /admin/inventory-items': (own) => ({ vendor_id: own.vendor }),
  'POST /admin/draft-orders': (own) => ({ customer_id: own.customer, items: [{ variant_id: own.variant, quantity: 1 }] }),
  'POST /admin/fulfillments': () => ({ provider_id: 'manual_manual' }),
  'POST /admin/products/:id/variants': () => ({ options: { Size: 'L' } }),
  'POST /admin/shipping-options': (own) => ({ type_id: own.shipping_option_type, prices: [{ currency_code: 'usd', amount: 1 }] }),
}

/** The same within the elements of a batch. */
const needsOfElements: Record<string, Record<string, (own: Ids, element: Record<string, unknown>) => Record<string, unknown>>> = {
  'POST /admin/products/batch': { create: (own, product) => ({ vendor_id: own.vendor, options: inOneKind(product) }) },
  'POST /admin/fulfillments': { items: (own) => ({ sku: '', line_item_id: own.order_line_item }) },
  'POST /admin/draft-orders': { items: () => ({ title: 'Twin', unit_price: 1 }) },
  'POST /admin/draft-orders/:id/edit/items': { items: () => ({ title: 'Twin', unit_price: 1 }) },
  'POST /admin/products': { variants: () => ({ options: { Kind: 'One' } }) },
  'POST /admin/products/:id/variants/batch': { create: () => ({ options: { Size: 'L' } }) },
  'POST /admin/price-lists/:id/prices/batch': { create: () => ({ min_quantity: ++counter }) },
}

function filledElements(name: string, value: Record<string, unknown>, wanted: Wanted | undefined, own: Ids): void {
  for (const [list, more] of Object.entries(needsOfElements[name] ?? {})) {
    const elements = value[list]
    if (!Array.isArray(elements)) continue
    // The wanted id stays where it is: its field comes after what is needed otherwise.
    const field = wanted?.steps[0] === list ? wanted.steps[2] : undefined
    for (const element of elements as Record<string, unknown>[]) {
      const kept = field === undefined ? {} : { [field]: element[field] }
      Object.assign(element, more(own, element), kept)
    }
  }
}

/** The smallest value that the route's schema accepts, with the wanted id in its place. */
export function bodyOf(route: Route, schema: Schema | undefined, wanted: Wanted | undefined, ownId: OwnId, own: Ids): unknown {
  if (schema === undefined) return undefined
  const value = sample(schema, wanted, ownId, [])
  const name = `${route.method} ${route.path}`
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    filledElements(name, value as Record<string, unknown>, wanted, own)
  const more = needs[name]?.(own)
  return more === undefined || typeof value !== 'object' || Array.isArray(value)
    ? value
    : { ...(value as object), ...more, ...wantedOf(value as Record<string, unknown>, wanted) }
}

/** The field that holds the wanted id comes before what is needed otherwise. */
function wantedOf(value: Record<string, unknown>, wanted: Wanted | undefined): object {
  const name = wanted?.steps[0]
  return name === undefined ? {} : { [name]: value[name] }
}

function leadsTo(schema: Schema, steps: readonly string[]): boolean {
  const [step, ...rest] = steps
  return branchesOf(schema).some((branch) => {
    if (step === undefined) return branch.type === 'string'
    const below = step === '[]' ? branch.items : branch.properties?.[step]
    return below !== undefined && leadsTo(below, rest)
  })
}

function sample(schema: Schema, wanted: Wanted | undefined, ownId: OwnId, at: readonly string[]): unknown {
  const rest = wanted?.steps.slice(at.length)
  const branches = branchesOf(schema)
  const branch =
    (rest === undefined ? undefined : branches.find((candidate) => leadsTo(candidate, rest))) ??
    branches.find((each) => each.type !== 'null') ??
    schema
  if (rest !== undefined && rest.length === 0) return (wanted as Wanted).value
  if (branch.properties !== undefined) return sampleObject(branch, wanted, ownId, at)
  if (branch.items !== undefined) {
    const filled = rest?.[0] === '[]' || (branch.minItems ?? 0) > 0
    return filled ? [sample(branch.items, rest?.[0] === '[]' ? wanted : undefined, ownId, [...at, '[]'])] : []
  }
  return scalar(branch, ownId, at)
}

function sampleObject(schema: Schema, wanted: Wanted | undefined, ownId: OwnId, at: readonly string[]): Record<string, unknown> {
  const next = wanted?.steps[at.length]
  const required = new Set(schema.required ?? [])
  const result: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name !== next && (!required.has(name) || property.default !== undefined)) continue
    result[name] = sample(property, name === next ? wanted : undefined, ownId, [...at, name])
  }
  return result
}

function scalar(schema: Schema, ownId: OwnId, at: readonly string[]): unknown {
  const name = at.filter((step) => step !== '[]').at(-1) ?? ''
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.type === 'string') {
    const given = name === 'id' || /_ids?$/.test(name) || name === 'value' ? ownId(at) : undefined
    return given ?? byName[name]?.() ?? (schema.format === 'uri' ? 'https://pictures.example/twin.jpg' : `Twin ${++counter}`)
  }
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1)
  if (schema.type === 'boolean') return true
  return {}
}
