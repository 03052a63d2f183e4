import { type Context, statement, tenantOf } from '../../db/index.js'
import { costly } from './costly.js'
import { searchMatches } from './product-filter.js'
import { orderSql, type ProductSelection, productListSql } from './product-list.js'

/** What a large list is remembered by: how many products it holds, and where every two-hundredth stands. */
export interface Outline {
  count: number
  anchors: { value: unknown; id: string }[]
}

/** Lists of fewer products are counted and walked anew each time: they are exact, and cheap. */
export const outlinedFrom = 2_000
/** The same of lists found by words, where each match is a look at its row: with 280 of them counting is half of a page. */
const foundOutlinedFrom = 100
/** Words with so many matches are looked for along the list, others in the index: see FilterContext. */
export const frequentFrom = 1_000
/** Rows between two anchors: a page far down is reached by skipping at most so many. */
export const anchorSpacing = 200
const outlines = costly<Outline>(500)

function keyOf(context: Context, selection: ProductSelection): string {
  const { filter, visibility, order, currency, locales } = selection
  const parts = [tenantOf(context), filter, visibility, order, currency ?? null, locales ?? []]
  return JSON.stringify(parts, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
}

/**
 * The outline of a list that is known to be large; undefined for others, and until it has been read once. Counting a
 * hundred thousand products takes a tenth of a second, as does walking to the last of them: an outline that is some
 * seconds old saves both. What a page shows is never old, only where it begins and how many there are.
 */
export function outlineOf(context: Context, selection: ProductSelection): Outline | undefined {
  if (selection.filter.id !== undefined) return undefined
  return outlines.recall(keyOf(context, selection), () => readOutline(context, selection))
}

/** Has the outline read, beside the request, of a list that turned out to be large. */
export function noteLargeList(context: Context, selection: ProductSelection, count: number): void {
  const least = selection.filter.q === undefined ? outlinedFrom : foundOutlinedFrom
  if (count < least || selection.filter.id !== undefined) return
  outlines.learn(keyOf(context, selection), () => readOutline(context, selection))
}

/** What is found by words is read through the index, and along the list where the index has more than it hands out. */
async function readOutline(context: Context, selection: ProductSelection): Promise<Outline> {
  if (selection.filter.q === undefined) return readOutlineBy(context, selection, true)
  const outline = await readOutlineBy(context, selection, false)
  return outline.count < searchMatches ? outline : readOutlineBy(context, selection, true)
}

async function readOutlineBy(context: Context, selection: ProductSelection, frequentWords: boolean): Promise<Outline> {
  const sql = productListSql(tenantOf(context), selection, frequentWords)
  const rows = await context.db.read(
    context.scope,
    statement<{ value: unknown; id: string; count: number }>(
      '',
      `select o.value, o.id, o.count from (
         select ${sql.column.sql} as value, p.id, row_number() over (order by ${orderSql(sql, 'list')}) as position,
                count(*) over ()::int as count
         from ${sql.from} where ${sql.where}) o
       where o.position % ${anchorSpacing} = 1 order by o.position`,
      sql.list,
    ),
  )
  return { count: rows[0]?.count ?? 0, anchors: rows.map(({ value, id }) => ({ value, id })) }
}
