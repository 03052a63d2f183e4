import { limits } from '../kernel/index.js'
import type { Context } from './context.js'
import type { Statement } from './statement.js'

/** A page of a list. The route has checked the order's field against what it can order by. */
export interface ListPage {
  readonly limit: number
  readonly offset: number
  readonly order: { readonly field: string; readonly descending: boolean }
}

/** A page for one row, for lists that are narrowed to one id. */
export const singlePage: ListPage = { limit: 1, offset: 0, order: { field: 'id', descending: false } }

/**
 * A page of a list whose statement counts all rows beside each of them. A page past the end, and one that is to hold nothing, has no
 * row to say how many there are: then the first row of all is asked.
 */
export async function readPage<Row extends { count: number }, Page extends { limit: number; offset: number }>(
  { db, scope }: Pick<Context, 'db' | 'scope'>,
  page: Page,
  statementOf: (page: Page) => Statement<Row>,
): Promise<{ rows: Row[]; count: number }> {
  const rows = await db.read(scope, statementOf(page))
  return { rows, count: await countBeside(rows, { db, scope }, page, statementOf) }
}

/** The same for a page that was read together with something else: how many rows its list has. */
export async function countBeside<Row extends { count: number }, Page extends { limit: number; offset: number }>(
  rows: readonly Row[],
  { db, scope }: Pick<Context, 'db' | 'scope'>,
  page: Page,
  statementOf: (page: Page) => Statement<Row>,
): Promise<number> {
  const isTold = rows.length > 0 || (page.offset === 0 && page.limit > 0)
  const [first] = isTold ? rows : await db.read(scope, statementOf({ ...page, limit: 1, offset: 0 }))
  return first?.count ?? 0
}

/**
 * SQL of a list's order, with the id last so that pages do not overlap; and the part of the statement's name that the
 * order makes different, since one name has one text.
 */
export function orderBy(alias: string, order: ListPage['order']): { sql: string; name: string } {
  if (!/^[a-z0-9_]{1,40}$/.test(order.field)) throw new TypeError('a list is ordered by a column')
  const direction = order.descending ? 'desc' : 'asc'
  const byId = `${alias}.id ${direction}`
  const sql = order.field === 'id' ? byId : `${alias}.${order.field} ${direction}, ${byId}`
  return { sql: `order by ${sql}`, name: `${order.field}.${direction}` }
}

/**
 * Patterns of LIKE, one for each word of what a person typed, which is taken literally; null for nothing typed. A row has the
 * words when it has each of them anywhere, whatever their order: lists know "shirt red" for a red cotton shirt. Each pattern costs a
 * look at every row, so a word that is said twice, or is part of another, is looked for once, and of many only the longest, which tell
 * the most.
 */
export function wordPatterns(text: string | undefined): string[] | null {
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '')
  const longestFirst = words.sort((one, other) => other.length - one.length)
  const kept: string[] = []
  for (const word of longestFirst) {
    if (kept.length === limits.searchWords) break
    if (!kept.some((longer) => longer.toLowerCase().includes(word.toLowerCase()))) kept.push(word)
  }
  return kept.length === 0 ? null : kept.map(patternOf)
}

/** Keyboards have one apostrophe and books another: within a word any sign stands for it. */
function patternOf(word: string): string {
  const literal = word.replace(/[\\%_]/g, '\\$&')
  return `%${/[\p{L}\p{N}]/u.test(word) ? literal.replace(/['’‘ʼ]/g, '_') : literal}%`
}

/**
 * SQL: these columns have all the words, each in any of them; no words are had by every row. `patterns` is SQL of an array as
 * `wordPatterns` makes it. Columns that are sorted as bytes would know capitals of ASCII alone, so the collation is said.
 */
export function hasWords(patterns: string, ...columns: readonly string[]): string {
  return `(${patterns}::text[] is null or concat_ws(' ', ${columns.join(', ')}) collate "default" ilike all(${patterns}::text[]))`
}
