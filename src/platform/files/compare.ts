import { type Item, type ItemKind, itemKinds } from './desired.js'

/** A difference between files and database. `extra` is in the database alone. */
export interface Difference {
  kind: ItemKind
  key: string
  what: 'missing' | 'different' | 'extra'
  /** Names of what differs inside. */
  fields: string[]
  /** As the files say; absent for what is extra. */
  value?: Record<string, unknown>
  /** As the database says; absent for what is missing. */
  actual?: Record<string, unknown>
}

const same = (a: unknown, b: unknown) => text(a) === text(b)

/** JSON whose keys stand in one order, so that the order in which somebody wrote them is no difference. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  )
}

/** All differences, in the order in which they can be removed. */
export function compareItems(desired: readonly Item[], actual: readonly Item[]): Difference[] {
  const differences: Difference[] = []
  for (const kind of itemKinds) {
    const present = new Map(actual.filter((item) => item.kind === kind).map((item) => [item.key, item.value]))
    for (const { key, value } of desired.filter((item) => item.kind === kind)) {
      const known = present.get(key)
      present.delete(key)
      if (known === undefined) differences.push({ kind, key, what: 'missing', fields: [], value })
      else {
        const fields = Object.keys(value).filter((field) => !same(known[field], value[field]))
        if (fields.length > 0) differences.push({ kind, key, what: 'different', fields, value, actual: known })
      }
    }
    for (const [key, value] of present) differences.push({ kind, key, what: 'extra', fields: [], actual: value })
  }
  return differences
}

const signs = { missing: '+', different: '~', extra: '-' } as const

/** One line for people. */
export function describe(difference: Difference): string {
  const { kind, key, what, fields, value, actual } = difference
  const details = fields.map((field) => {
    const [from, to] = [shown(actual?.[field]), shown(value?.[field])]
    return from.length + to.length > 100 ? field : `${field}: ${from} → ${to}`
  })
  return `${signs[what]} ${kind} ${key}${what === 'extra' ? ' (not in the files)' : ''}${details.length === 0 ? '' : ` (${details.join('; ')})`}`
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
