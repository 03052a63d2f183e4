import { type ZodType, z } from 'zod'
import {
  wordPatterns,
  dateConditions,
  hasWords,
  numberConditions,
  statement,
  tenantOf,
  textConditions,
  together,
  type Values,
  valuesFrom,
} from '../db/index.js'
import { booleanText, type RequestContext } from '../http/index.js'
import { invalidData, limits } from '../kernel/index.js'
import { dates, texts } from './store/catalog-filters.js'

// Lists are narrowed by any column of their table, by operators, and by `$and` and `$or`, as Medusa's are. What a list's
// own statement has no condition for is looked up first: the ids that match then stand beside the statement's conditions.

type Kind = 'text' | 'date' | 'boolean' | 'number'

/** What a list can be narrowed by beside what its own query says. */
export interface Narrowing {
  table: string
  /** Columns as answers name them. The times at which a row was made and changed can always be asked for. */
  columns?: Readonly<Record<string, Kind>>
  /** Where answers and rows name a column differently. */
  named?: Readonly<Record<string, string>>
}

/** Rows that a condition may match; more are no narrowing. */
const mostMatches = 10_000

const count = z.coerce.number().transform(String)
const counts = z.union([
  z.union([count, z.array(count).max(limits.idsInFilter)]).transform((value) => [value].flat()),
  z.strictObject({
    $eq: count.optional(),
    $ne: count.optional(),
    $gt: count.optional(),
    $gte: count.optional(),
    $lt: count.optional(),
    $lte: count.optional(),
  }),
])
const schemas: Record<Kind, ZodType> = { text: texts, date: dates, boolean: booleanText, number: counts }

const always: Record<string, Kind> = { created_at: 'date', updated_at: 'date' }

type Query = Record<string, unknown>

const isOperators = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list's own query with the columns, and with `$and` and `$or` over them. */
export function narrowable(own: z.ZodObject, { columns = {} }: Narrowing): ZodType {
  const all: Record<string, Kind> = { id: 'text', ...always, ...columns }
  const parts = Object.fromEntries(Object.entries(all).map(([name, kind]) => [name, schemas[kind].optional()]))
  const part = z.array(z.strictObject(parts)).max(10).optional()
  const both = Object.fromEntries(
    Object.entries(own.shape).map(([name, schema]) => [name, all[name] === 'text' ? texts.optional() : schema]),
  )
  const q = z.string().max(limits.search_characters).optional()
  return z.strictObject({ q, ...parts, ...both, $and: part, $or: part, deleted_at: dates.optional() })
}

/** A list's query that is narrowed so: its schema, and what of a request's query the list's statement understands. */
export interface NarrowedQuery<Own extends z.ZodObject> {
  schema: z.ZodType<z.output<Own>>
  /** As `narrow` has it. */
  narrow(request: RequestContext<z.output<Own>, unknown>): Promise<z.output<Own>>
}

export function narrowedQuery<Own extends z.ZodObject>(own: Own, narrowing: Narrowing): NarrowedQuery<Own> {
  return {
    schema: narrowable(own, narrowing) as z.ZodType<z.output<Own>>,
    narrow: async (request) => (await narrow(request, own, narrowing, request.query as Query)) as z.output<Own>,
  }
}

/**
 * The part of a query that the list's statement understands, with the ids that match the rest. Where none does it is read all the
 * same, for no id: whoever may not read it is refused as always, and is not told by this what there is.
 * @throws invalid_data where the rest matches more rows than can be narrowed to
 */
export async function narrow(
  request: RequestContext<unknown, unknown>,
  own: z.ZodObject,
  narrowing: Narrowing,
  query: Query,
): Promise<Query> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const isOwn = ([name, value]: [string, unknown]) => name in own.shape && !(isOperators(value) && isText(narrowing, name))
  const understood = Object.fromEntries(given.filter(isOwn))
  const rest = Object.fromEntries(given.filter((entry) => !isOwn(entry)))
  if (Object.keys(rest).length === 0) return understood
  // What a list shows was not deleted.
  if ('deleted_at' in rest) return { ...understood, id: [] }
  const { context } = request
  const tenantId = tenantOf(context)
  const values: unknown[] = [tenantId]
  const conditions = conditionsOf(narrowing, { ...rest, ...(understood.id === undefined ? {} : { id: understood.id }) }, valuesFrom(values))
  const found = await context.db.read(
    context.scope,
    statement<{ id: string }>(
      '',
      `select x.id from ${narrowing.table} x where x.tenant_id = $1 and ${together(conditions, 'and')} order by x.id limit ${mostMatches + 1}`,
      values,
    ),
  )
  if (found.length > mostMatches) throw invalidData(`More than ${mostMatches} match: narrow the list further`)
  return { ...understood, id: found.map((row) => row.id) }
}

/** A list that reads bounds of times itself needs nobody to look them up. */
const isText = ({ columns = {} }: Narrowing, name: string) => name === 'id' || columns[name] === 'text'

/** What is searched where a list's own statement searches nothing: the id, and every text. */
function wordsCondition({ columns = {}, named = {} }: Narrowing, words: string, values: Values): string[] {
  const patterns = wordPatterns(words)
  if (patterns === null) return []
  const searched = ['id', ...Object.keys(columns).filter((name) => columns[name] === 'text')]
  return [hasWords(values.add(patterns), ...searched.map((name) => `x.${named[name] ?? name}`))]
}

function conditionsOf(narrowing: Narrowing, filter: Query, values: Values): string[] {
  const { columns = {}, named = {} } = narrowing
  const kinds: Record<string, Kind> = { id: 'text', ...always, ...columns }
  const { $and, $or, ...rest } = filter as Query & { $and?: Query[]; $or?: Query[] }
  const conditions = Object.entries(rest).flatMap(([name, value]) => {
    if (value === undefined) return []
    const column = `x.${named[name] ?? name}`
    if (name === 'q') return wordsCondition(narrowing, value as string, values)
    switch (kinds[name] as Kind) {
      case 'date':
        return dateConditions(column, value as never, values)
      case 'boolean':
        return [`${column} = ${values.add(value)}`]
      case 'number':
        return numberConditions(column, value as never, values)
      default:
        return textConditions(column, value as never, values)
    }
  })
  for (const part of $and ?? []) conditions.push(together(conditionsOf(narrowing, part, values), 'and'))
  if ($or !== undefined && $or.length > 0) {
    conditions.push(
      together(
        $or.map((part) => together(conditionsOf(narrowing, part, values), 'and')),
        'or',
      ),
    )
  }
  return conditions
}
