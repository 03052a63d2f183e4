/** A page of a list. The route has checked the order's field against what it can order by. */
export interface ListPage {
  readonly limit: number
  readonly offset: number
  readonly order: { readonly field: string; readonly descending: boolean }
}

/** A page for one row, for lists that are narrowed to one id. */
export const singlePage: ListPage = { limit: 1, offset: 0, order: { field: 'id', descending: false } }

/**
 * SQL of a list's order, with the id last so that pages do not overlap; and the part of the statement's name that the
 * order makes different, since one name has one text.
 */
export function orderBy(alias: string, order: ListPage['order']): { sql: string; name: string } {
  if (!/^[a-z_]{1,40}$/.test(order.field)) throw new TypeError('a list is ordered by a column')
  const direction = order.descending ? 'desc' : 'asc'
  const byId = `${alias}.id ${direction}`
  const sql = order.field === 'id' ? byId : `${alias}.${order.field} ${direction}, ${byId}`
  return { sql: `order by ${sql}`, name: `${order.field}.${direction}` }
}

/**
 * Pattern of ILIKE for "has these words, in this order", with what a person types taken literally; null for nothing typed.
 * What stands between the words does not count: lists know "red shirt" for a red cotton shirt.
 */
export function containsPattern(text: string | undefined): string | null {
  const words = (text ?? '').split(/\s+/).filter((word) => word !== '')
  return words.length === 0 ? null : `%${words.map((word) => word.replace(/[\\%_]/g, '\\$&')).join('%')}%`
}
