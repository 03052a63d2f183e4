/**
 * Answers that cost too much to compute for every request, and may be a little old: how many products a large catalogue
 * has. An answer is kept in proportion to what it cost, so that no more than a five-hundredth of a core goes into one.
 */
export interface Costly<T> {
  /** What is remembered. When it is old it is still answered, and refreshed beside the request by one of those who ask. */
  recall(key: string, refresh: () => Promise<T>): T | undefined
  /** Computes and remembers, beside the request, what is not known or old. A failure leaves things as they are: the next request tries again. */
  learn(key: string, compute: () => Promise<T>): void
}

interface Entry<T> {
  value: T | undefined
  freshUntil_ms: number
  learning: boolean
}

const shortest_ms = 10_000
const longest_ms = 600_000
const timesItsCost = 500

/** @param most entries kept; the one that was asked for longest ago goes first */
export function costly<T>(most: number, now_ms: () => number = () => performance.now()): Costly<T> {
  const entries = new Map<string, Entry<T>>()

  function learn(key: string, compute: () => Promise<T>): void {
    const known = entries.get(key)
    if (known?.learning === true || (known?.value !== undefined && now_ms() <= known.freshUntil_ms)) return
    const entry: Entry<T> = known ?? { value: undefined, freshUntil_ms: 0, learning: false }
    entry.learning = true
    entries.set(key, entry)
    if (entries.size > most) entries.delete(entries.keys().next().value as string)
    const began_ms = now_ms()
    compute().then(
      (value) => {
        const kept_ms = Math.min(longest_ms, Math.max(shortest_ms, (now_ms() - began_ms) * timesItsCost))
        Object.assign(entry, { value, freshUntil_ms: now_ms() + kept_ms, learning: false })
      },
      () => {
        entry.learning = false
      },
    )
  }

  return {
    learn,
    recall(key, refresh) {
      const entry = entries.get(key)
      if (entry?.value === undefined) return undefined
      entries.delete(key)
      if (now_ms() > entry.freshUntil_ms + longest_ms) return undefined
      entries.set(key, entry)
      if (now_ms() > entry.freshUntil_ms) learn(key, refresh)
      return entry.value
    },
  }
}
