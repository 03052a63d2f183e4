import qs from 'qs'
import type { Route } from '../../src/http/index.js'
import { isVendorKind, kinds, type Ids } from './endpoints-world.js'
import { bodyOf, branchesOf, type Schema, schemaOf } from './endpoints-bodies.js'

// The matrix of routes and foreign ids, read from the router: for each route, each place of its path, query and body
// that takes an id, and what kind of thing the id names.

/** Where a request names a thing: a path parameter, or a place in its query or body (`[]` is an element of a list). */
export interface Place {
  part: 'path' | 'query' | 'body'
  steps: readonly string[]
  kind: string
}

export interface Case {
  name: string
  /** Places that hold the foreign id; every other place holds the sender's own. */
  foreign: readonly Place[]
}

export interface Matrix {
  cases: readonly Case[]
  /** Places that hold an id of no known kind: each fails its route's test. */
  unknown: readonly string[]
}

/** Same for every store, or names of providers and of things outside: no row of another store can be meant. */
const namesNoRow = new Set([
  'external_id',
  'provider_id',
  'fulfillment_provider',
  'payment_provider',
  'tax_provider',
  'request_id',
  'actor_id',
  'object_id',
  'currency',
  'actor_type',
  'auth_provider',
  'auth_step',
  'promotion_rule_type',
  'promotion_rule_attribute',
  'own_email',
  'locale',
  // Ids that clients send back with what is a part of something: they are looked up in that alone.
  'part_sent_back',
])

/** Kinds of id fields that every route calls by the same name. A route's own `ids` come before these. */
const common: Record<string, string> = {
  campaign_id: 'campaign',
  cart_id: 'cart',
  customer_id: 'customer',
  category_id: 'product_category',
  collection_id: 'collection',
  inventory_item_id: 'inventory_item',
  line_item_id: 'reserved_line',
  location_id: 'stock_location',
  option_id: 'product_option',
  option_value_id: 'product_option_value',
  order_id: 'order',
  price_list_id: 'price_list',
  payment_collection_id: 'paid_collection',
  payment_session_id: 'payment_session',
  product_id: 'product',
  publishable_key_id: 'api_key',
  reference_id: 'product',
  region_id: 'region',
  sales_channel_id: 'sales_channel',
  service_zone_id: 'service_zone',
  shipping_option_type_id: 'shipping_option_type',
  shipping_profile_id: 'shipping_profile',
  stock_location_id: 'stock_location',
  tag_id: 'product_tag',
  tax_region_id: 'tax_region',
  type_id: 'product_type',
  vendor_id: 'vendor',
}

/** What stands above something of the same kind is another one of it. */
const above: Record<string, string> = {
  parent_category_id: 'parent_category',
  parent_id: 'tax_region',
  parent_return_reason_id: 'parent_return_reason',
}

/** Lists whose elements are `{ id }`, by the list's name. */
const elements: Record<string, string> = {
  categories: 'product_category',
  items: 'order_line_item',
  sales_channels: 'sales_channel',
  tags: 'product_tag',
  variants: 'variant',
}

/** What the `id` filter of a list names, where the path's last word does not say it. */
const plurals: Record<string, string> = {
  '/store/product-variants': 'variant',
  '/store/product-categories': 'product_category',
  '/admin/product-categories': 'product_category',
  '/vendor/orders': 'vendor_order',
  '/admin/audit': 'audit_record',
  '/admin/products/export': 'product',
  '/admin/orders/export': 'order',
  '/admin/orders/:id/changes': 'order_edit',
  '/admin/inventory-items': 'inventory_item',
  '/admin/product-variants': 'variant',
  '/admin/product-options/:id/values': 'product_option_value',
  '/admin/translations/entities': 'product',
  '/admin/reconciliation/runs': 'reconciliation_run',
  '/admin/reconciliation/exceptions': 'reconciliation_exception',
}

/** Every place below a schema that is called like an id, or that the route's `ids` name. */
function stepsIn(schema: Schema, wanted: ReadonlySet<string>, steps: readonly string[] = []): string[][] {
  return branchesOf(schema).flatMap((branch) => {
    const inElements = branch.items === undefined ? [] : stepsIn(branch.items, wanted, [...steps, '[]'])
    const inProperties = Object.entries(branch.properties ?? {}).flatMap(([name, property]) => {
      const here = [...steps, name]
      const isId = name === 'id' || /_ids?$/.test(name) || wanted.has(name)
      return [
        ...(isId && holdsText(property) ? [here] : []),
        ...(isId && listsText(property) ? [[...here, '[]']] : []),
        ...stepsIn(property, wanted, here),
      ]
    })
    return [...inElements, ...inProperties]
  })
}

const holdsText = (schema: Schema): boolean => branchesOf(schema).some((branch) => branch.type === 'string')
const listsText = (schema: Schema): boolean =>
  !holdsText(schema) && branchesOf(schema).some((branch) => branch.items !== undefined && holdsText(branch.items))

function kindOf(route: Route, part: Place['part'], steps: readonly string[]): string | undefined {
  const names = steps.filter((step) => step !== '[]')
  const name = names.at(-1) as string
  const list = names.at(-2)
  // What one name means in two places, a route says by where it stands: `update.add`.
  const place = (name === 'id' ? names.slice(-3, -1) : names.slice(-2)).join('.')
  const placed = place.includes('.') ? route.ids?.[place] : undefined
  if (placed !== undefined) return placed
  if (name !== 'id') return above[name] ?? route.ids?.[name] ?? common[name] ?? common[name.replace(/s$/, '')]
  // Addresses are copies: the id that a client sends back with one says nothing.
  if (list?.endsWith('address') === true) return 'address'
  // A list that is narrowed by what belongs to its rows, as an object.
  if (part === 'query' && list !== undefined && route.ids?.[list] !== undefined) return route.ids[list]
  if (part === 'query') return steps.includes('variants') ? 'variant' : kindOfList(route)
  return list === undefined ? route.ids?.id : (route.ids?.[list] ?? elements[list])
}

/** What a list is of: the kind that the route for one of it names. */
function kindOfList(route: Route): string {
  const list = route.path.replace(/\/:[a-z_]+$/, '')
  const last = list.slice(list.lastIndexOf('/') + 1)
  const singular = plurals[list] ?? last.replace(/s$/, '').replaceAll('-', '_')
  return kinds[singular] === undefined && kinds[`product_${singular}`] !== undefined ? `product_${singular}` : singular
}

function placesOf(route: Route): Place[] {
  const names = [...route.path.matchAll(/:([a-z_]+)/g)].map((match) => match[1] as string)
  const path = names.map((name): Place => {
    const kind = route.ids?.[name] ?? ''
    return { part: 'path', steps: [name], kind: kind === 'vendor' && name === 'handle' ? 'vendor_handle' : kind }
  })
  const wanted = new Set(Object.keys(route.ids ?? {}).filter((name) => !names.includes(name)))
  const within = (part: 'query' | 'body', schema: Schema | undefined): Place[] =>
    schema === undefined ? [] : stepsIn(schema, wanted).map((steps) => ({ part, steps, kind: kindOf(route, part, steps) ?? '' }))
  return [...path, ...within('query', schemaOf(route.query)), ...within('body', schemaOf(route.body))]
}

const nameOf = (place: Place) => `${place.part} ${place.steps.join('.')}`

/** A case for each place alone, and one for all path parameters together. */
export function matrixOf(route: Route): Matrix {
  const isOfRow = (place: Place) => place.kind !== 'address' && !namesNoRow.has(place.kind) && !namesNoRow.has(place.steps.at(-1) as string)
  const places = placesOf(route).filter(isOfRow)
  const unknown = places.filter((place) => kinds[place.kind] === undefined).map((place) => `${nameOf(place)} is of kind '${place.kind}'`)
  // A name in `ids` that is nowhere to be found is a name that nothing is tested for.
  for (const [name, kind] of Object.entries(route.ids ?? {})) {
    const isThere = ({ steps }: Place) =>
      name.includes('.')
        ? steps
            .filter((step) => step !== '[]')
            .join('.')
            .includes(name)
        : steps.includes(name)
    const found = places.some(isThere)
    if (!found && !namesNoRow.has(kind)) unknown.push(`ids names ${name}, which is neither in the path nor in query or body`)
  }
  const known = places.filter((place) => kinds[place.kind] !== undefined)
  const inPath = known.filter((place) => place.part === 'path')
  const single = known.map((place): Case => ({ name: nameOf(place), foreign: [place] }))
  return { cases: inPath.length > 1 ? [...single, { name: 'the whole path', foreign: inPath }] : single, unknown }
}

/** The cases that make sense against the neighbour in the same store: all that is foreign is a vendor's. */
export function ofVendors(matrix: Matrix): Case[] {
  return matrix.cases.filter((one) => one.foreign.some((place) => isVendorKind(place.kind)))
}

/** What a path names that is no store's. */
const sameForAll: Record<string, string> = { currency: 'usd', promotion_rule_type: 'rules', promotion_rule_attribute: 'region' }

export interface Request {
  path: string
  body: unknown
}

/** A request that is good but for the foreign ids of the case; with `foreign` = `own` it is good altogether. */
export function requestOf(route: Route, one: Case, own: Ids, foreign: Ids): Request {
  const idOf = (place: Place) => ({ ...place, value: (one.foreign.includes(place) ? foreign : own)[place.kind] as string })
  const at = (part: Place['part']) => one.foreign.filter((place) => place.part === part).map(idOf)
  const inPath = new Map(at('path').map(({ steps, value }) => [steps[0] as string, value]))
  const path = route.path.replace(/:([a-z_]+)/g, (_all, name: string) => {
    const kind = route.ids?.[name] ?? ''
    return encodeURIComponent(inPath.get(name) ?? sameForAll[kind] ?? (own[name === 'handle' ? 'vendor_handle' : kind] as string))
  })
  const ownOf = (part: Place['part']) => (steps: readonly string[]) => own[kindOf(route, part, steps) ?? '']
  const query = bodyOf(route, schemaOf(route.query), at('query')[0], ownOf('query'), own)
  const text = qs.stringify(query, { encodeValuesOnly: true })
  return {
    path: text === '' ? path : `${path}?${text}`,
    body: route.method === 'GET' ? undefined : bodyOf(route, schemaOf(route.body), at('body')[0], ownOf('body'), own),
  }
}
