/** How long what was looked up is believed. A revoked key or token works at most this much longer, in every process. */
export const believed_ms = 5_000
const entriesKept = 20_000

interface Entry<Value> {
  value: Promise<Value>
  until: number
}

export interface Lookup<Value> {
  (key: string): Promise<Value>
  /** One key, or all. */
  forget(key?: string): void
}

/** Remembers what `load` answered for a short while, misses included; callers at the same moment share one load. */
export function remembered<Value>(load: (key: string) => Promise<Value>): Lookup<Value> {
  const entries = new Map<string, Entry<Value>>()
  const lookup = (key: string) => {
    const now = Date.now()
    const known = entries.get(key)
    if (known !== undefined && known.until > now) return known.value
    const value = load(key)
    entries.delete(key)
    entries.set(key, { value, until: now + believed_ms })
    // A load that fails is not remembered.
    value.catch(() => entries.delete(key))
    if (entries.size > entriesKept) entries.delete(entries.keys().next().value as string)
    return value
  }
  return Object.assign(lookup, {
    forget: (key?: string) => {
      if (key === undefined) entries.clear()
      else entries.delete(key)
    },
  })
}
