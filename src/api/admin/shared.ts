import { type output, z } from 'zod'
import { type Permission, permits, reachOf, vendorsWithin } from '../../access/index.js'
import { type ListPage, singlePage, statement, tenantOf, type Unit } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { forbidden, invalidData, limits, notFound } from '../../kernel/index.js'
import { type Narrowing, narrow, narrowable } from '../narrowing.js'

/** Schemas of this surface. */
export const q = z.string().max(limits.search_characters).optional()
export const ids = oneOrMany.optional()
export const id = z.string().min(1).max(64)
export const idList = z.array(id).max(limits.idsInFilter)
export const name = z.string().trim().min(1).max(limits.name_characters)
export const text = z.string().max(limits.text_characters)
/** Of a person; Medusa's dashboard sends an empty one for none. */
export const personName = z.string().trim().max(limits.name_characters).nullish()
/** An empty one is none, as forms send it: it is made of the title then. */
export const handle = z
  .preprocess(
    (given) => (given === '' ? undefined : given),
    z
      .string()
      .max(limits.name_characters)
      .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'holds lower-case letters, digits and single dashes only')
      .optional(),
  )
  .optional()
export const amount = z.number().min(0)
const hasZone = /(?:Z|[+-]\d\d:\d\d)$/
/** A moment with its zone, or in UTC without one; or a day, for its beginning in UTC. */
export const moment = z
  .union([z.iso.datetime({ offset: true, local: true }), z.iso.date()])
  .transform((text) => new Date(text.includes('T') && !hasZone.test(text) ? `${text}Z` : text))
/** A body that takes `additional_data` besides, which Medusa hands to hooks of its own: here it means nothing and goes no further. */
export const withAdditional = <Body extends z.ZodObject>(body: Body): z.ZodType<z.output<Body>, z.input<Body>> =>
  body.extend({ additional_data: metadata }).transform(({ additional_data: _unread, ...rest }) => rest) as never
/** Links to make and to undo. */
export const links = z
  .strictObject({ add: idList.optional(), remove: idList.optional() })
  .transform(({ add = [], remove = [] }) => ({ add, remove }))
const ratePattern = z.number().min(0).max(100)
/** A rate on the wire is a number in per cent; inside it is in parts per million. */
export const percent = ratePattern.refine(
  (rate) => Math.abs(rate * 10_000 - Math.round(rate * 10_000)) < 1e-6,
  'has more than four decimals',
)
export const ppmOf = (rate: number) => Math.round(rate * 10_000)
export const percentOf = (ratePpm: number) => ratePpm / 10_000

export type AnyRequest = RequestContext<unknown, unknown>

interface Reading<Query extends z.ZodObject> {
  path: string
  /** Keys of the envelopes. */
  singular: string
  plural: string
  /** As messages name it. */
  label: string
  access: Permission
  /** Nothing of it is one vendor's: it is read with the permission on the whole store. Whoever wrote one is answered it all the same. */
  isOfWholeStore?: true
  /** What the list is narrowed by, where its names do not say it. */
  ids?: Route['ids']
  /** Narrows the list; has `id`. */
  query: Query
  /** Columns that it can be narrowed by besides; the list can be ordered by them, too. */
  narrowing?: Narrowing
  fields: FieldsPolicy
  orderable?: readonly [string, ...string[]]
  descending?: boolean
  /** How many the list answers where its client does not say. */
  limit?: number
  /** What one by its id can be asked for besides. */
  details?: z.ZodObject
  /** What is said where there is none of an id, where that is not the usual sentence. */
  missing?(wanted: string): string
  /** A page of rows, each with the `count` of all. */
  load(request: AnyRequest, query: output<Query>, page: ListPage): Promise<{ count: number }[]>
  render?(row: never, request: AnyRequest): object
}

export interface Noun {
  /** The list, and one by id. */
  routes: Route[]
  /** One as it is now, in its envelope: the answer to every write. Throws not_found. */
  answer(request: AnyRequest, id: string): Promise<Record<string, unknown>>
}

function orderableOf(noun: { orderable?: readonly [string, ...string[]]; narrowing?: Narrowing }): readonly [string, ...string[]] {
  const { columns = {}, named = {} } = noun.narrowing ?? {}
  const [first, ...others] = noun.orderable ?? ['id', 'created_at', 'updated_at']
  const more = Object.keys(columns).filter((name) => !(name in named))
  return [first, ...new Set([...others, ...more])]
}

/** How a noun of the store is read: what its list and its single answer have in common. */
export function reading<Query extends z.ZodObject>(noun: Reading<Query>): Noun {
  const { path, singular, plural, label, access, query, narrowing, fields } = noun
  const render = (row: unknown, request: AnyRequest) =>
    // What was deleted is not shown, and clients expect to be told so.
    request.fields.project({ deleted_at: null, ...((noun.render === undefined ? row : noun.render(row as never, request)) as object) })
  const guard = (request: AnyRequest) => {
    if (noun.isOfWholeStore) needWholeStore(request, access)
  }
  const answer = async (request: AnyRequest, wanted: string) => {
    const [row] = await noun.load(request, { id: [wanted] } as output<Query>, singlePage)
    if (row === undefined) throw notFound(noun.missing?.(wanted) ?? `${label} with id: ${wanted} was not found`)
    return { [singular]: render(row, request) }
  }
  const list = route({
    surface: 'admin',
    method: 'GET',
    path,
    summary: `List ${plural.replaceAll('_', ' ')}`,
    access,
    query: narrowing === undefined ? query : narrowable(query, narrowing),
    fields,
    ...(noun.ids === undefined ? {} : { ids: noun.ids }),
    page: { limit: noun.limit ?? 50, orderable: orderableOf(noun), descending: noun.descending ?? false },
    async handle(request) {
      guard(request)
      const { offset, limit } = request.page
      const given = request.query as Record<string, unknown>
      const wanted = narrowing === undefined ? given : await narrow(request, query, narrowing, given)
      const rows = await noun.load(request, wanted as output<Query>, request.page)
      // Behind the last page, and on a page of none, there is no row to say how many there are.
      const [first] = rows.length > 0 || (offset === 0 && limit > 0) ? rows : await noun.load(request, wanted as output<Query>, singlePage)
      return { [plural]: rows.map((row) => render(row, request)), count: first?.count ?? 0, offset, limit }
    },
  })
  const retrieve = route({
    surface: 'admin',
    method: 'GET',
    path: `${path}/:id`,
    summary: `One of the ${plural.replaceAll('_', ' ')}`,
    access,
    fields,
    ...(noun.details === undefined ? {} : { query: noun.details }),
    ids: { id: singular },
    handle(request) {
      guard(request)
      return answer(request, request.params.id as string)
    },
  })
  return { routes: [list, retrieve], answer }
}

/** Runs a write in one unit of work of the request's scope. */
export function write<T>(request: AnyRequest, fn: (unit: Unit) => Promise<T>): Promise<T> {
  return request.context.db.unitOfWork(request.context.scope, fn)
}

export function deleted(object: string, gone: string): { id: string; object: string; deleted: true } {
  return { id: gone, object, deleted: true }
}

/** The vendors whose rows a permission covers, as lists select by them; null for all. */
export function reach(request: AnyRequest, permission: Permission): string[] | null {
  return vendorsWithin(request.ability, permission)
}

/** For what needs a second permission beside its route's. Throws forbidden. */
export function needPermission(request: AnyRequest, permission: Permission): void {
  if (!permits(request.ability, permission)) throw forbidden(`This needs the permission ${permission}`)
}

/** For what is the whole store's and no single vendor's. Throws forbidden for a grant on some vendors only. */
export function needWholeStore(request: Pick<AnyRequest, 'ability'>, permission: Permission): void {
  if (!reachOf(request.ability, permission).all) throw forbidden(`This needs the permission ${permission} on the whole store`)
}

/** Rows that belong to a vendor, by the table they are in. */
const owned = {
  product: 'Product',
  product_option: 'Product option',
  stock_location: 'Stock location',
  shipping_profile: 'Shipping profile',
  shipping_option: 'Shipping option',
  shipping_option_type: 'Shipping option type',
  fulfillment_set: 'Fulfillment set',
  service_zone: 'Service zone',
  inventory_item: 'Inventory item',
  reservation: 'Reservation',
} as const

/** Most rows are marked when they go; a reservation has a state. */
const heldSql = (table: keyof typeof owned) => (table === 'reservation' ? `state = 'active'` : 'deleted_at is null')

type Owned = keyof typeof owned

function withinStatement(request: AnyRequest, permission: Permission, table: Owned, wanted: string) {
  return statement<{ id: string }>(
    `admin.within.${table}`,
    `select id from ${table} where tenant_id = $1 and id = $2 and ${heldSql(table)} and ($3::text[] is null or vendor_id = any($3))`,
    [tenantOf(request.context), wanted, reach(request, permission)],
  )
}

const unknownRow = (table: Owned, wanted: string) => notFound(`${owned[table]} with id: ${wanted} was not found`)

/** A vendor's row outside what the permission covers is as unknown as one of another store. Throws not_found. */
export async function findWithin(unit: Unit, request: AnyRequest, permission: Permission, table: Owned, wanted: string): Promise<void> {
  const rows = await unit.run(withinStatement(request, permission, table, wanted))
  if (rows.length === 0) throw unknownRow(table, wanted)
}

/** The same before a change of the row itself, which Medusa's clients are told of in these words. */
export async function findToChange(unit: Unit, request: AnyRequest, permission: Permission, table: Owned, wanted: string): Promise<void> {
  const rows = await unit.run(withinStatement(request, permission, table, wanted))
  if (rows.length === 0) throw notFound(`${owned[table]} with id "${wanted}" not found`)
}

/** The same for who writes nothing. */
export async function readWithin(request: AnyRequest, permission: Permission, table: Owned, wanted: string): Promise<void> {
  const { context } = request
  const rows = await context.db.read(context.scope, withinStatement(request, permission, table, wanted))
  if (rows.length === 0) throw unknownRow(table, wanted)
}

/**
 * The vendor that something new belongs to: the one named, or the store's own.
 * @throws not_found for a vendor that is not there or outside what the permission covers; invalid_data where the store
 * has no vendor of its own
 */
export async function ownerOf(unit: Unit, request: AnyRequest, permission: Permission, wanted: string | undefined): Promise<string> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'admin.owner',
      `select id from vendor where tenant_id = $1 and deleted_at is null and ($3::text[] is null or id = any($3))
         and case when $2::text is null then is_house else id = $2 end`,
      [tenantOf(unit), wanted ?? null, reach(request, permission)],
    ),
  )
  if (rows[0] !== undefined) return rows[0].id
  if (wanted === undefined) throw invalidData('Name a vendor_id: the store has no vendor of its own that you may act for')
  throw notFound(`Vendor with id: ${wanted} was not found`)
}

interface Removal {
  path: string
  /** What the answer calls it. */
  object: string
  /** Kind of the id, where the answer calls it otherwise. */
  kind?: string
  summary: string
  access: Permission
  /** The table of a vendor's rows: what is outside the permission is not found. */
  within?: keyof typeof owned
  remove(unit: Unit, wanted: string, request: AnyRequest): Promise<void>
  /** After the commit. */
  afterwards?(request: AnyRequest): void
}

/** A route that takes one thing out of use. */
export function removal({ path, object, kind, summary, access, within, remove, afterwards }: Removal): Route {
  return route({
    surface: 'admin',
    method: 'DELETE',
    path: `${path}/:id`,
    summary,
    access,
    ids: { id: kind ?? object },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        if (within !== undefined) await findWithin(unit, request, access, within, wanted)
        await remove(unit, wanted, request)
      })
      afterwards?.(request)
      return deleted(object, wanted)
    },
  })
}
