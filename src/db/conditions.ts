/** Collects the values of a statement and hands out their placeholders. */
export interface Values {
  add(value: unknown): string
}

export function valuesFrom(values: unknown[]): Values {
  return {
    add(value) {
      values.push(value)
      return `$${values.length}`
    },
  }
}

type One = '$eq' | '$ne' | '$gt' | '$gte' | '$lt' | '$lte' | '$like' | '$ilike' | '$contains'
type Several = '$in' | '$nin'
export type Operators = Partial<Record<One, string | undefined> & Record<Several, string[] | undefined>>

/** Comparison of a date, as Medusa's clients write it: a value, several, or operators. */
export type DateFilter = string | string[] | Operators
/** The same of a text. */
export type TextFilter = string[] | Operators

const comparisons: Record<string, string> = { $eq: '=', $ne: '<>', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' }

/** Pattern of LIKE for "contains", with what a person types taken literally. */
function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

export function textConditions(column: string, filter: TextFilter | undefined, values: Values): string[] {
  if (filter === undefined) return []
  if (Array.isArray(filter)) return [`${column} = any(${values.add(filter)}::text[])`]
  return operatorConditions({ column, type: 'text', text: column }, filter, values)
}

/** A number, or operators; a whole number and a decimal alike. */
export type NumberFilter = string[] | Operators

export function numberConditions(column: string, filter: NumberFilter | undefined, values: Values): string[] {
  if (filter === undefined) return []
  if (Array.isArray(filter)) return [`${column} = any(${values.add(filter)}::numeric[])`]
  return operatorConditions({ column, type: 'numeric', text: `${column}::text` }, filter, values)
}

/** Patterns are compared with the date as answers write it. */
export function dateConditions(column: string, filter: DateFilter | undefined, values: Values): string[] {
  if (filter === undefined) return []
  if (typeof filter === 'string') return [`${column} = ${values.add(filter)}::timestamptz`]
  if (Array.isArray(filter)) return [`${column} = any(${values.add(filter)}::timestamptz[])`]
  const text = `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return operatorConditions({ column, type: 'timestamptz', text }, filter, values)
}

function operatorConditions(
  { column, type, text }: { column: string; type: string; text: string },
  filter: Operators,
  values: Values,
): string[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    if (value === undefined) return []
    const comparison = comparisons[name]
    if (comparison !== undefined) return [`${column} ${comparison} ${values.add(value)}::${type}`]
    switch (name) {
      case '$in':
        return [`${column} = any(${values.add(value)}::${type}[])`]
      case '$nin':
        return [`${column} <> all(${values.add(value)}::${type}[])`]
      case '$like':
        return [`${text} like ${values.add(value)}`]
      case '$ilike':
        return [`${text} ilike ${values.add(value)}`]
      default:
        return [`lower(${text}) like ${values.add(containing(value as string))}`]
    }
  })
}

/** Conditions joined into one; nothing to hold is true for "and" and, as in Medusa, for "or". */
export function together(conditions: readonly string[], word: 'and' | 'or'): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(` ${word} `)})`
}
