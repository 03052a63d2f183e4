/** What was made is believed this long: as long as the gatekeeper believes keys. */
const fresh_ms = 5_000

interface Entry<Value> {
  value: Promise<Value>
  until: number
}

/** Keeps what was made for a few seconds, and makes it once for all who ask at the same moment. Failures are not kept. */
export class ShortMemory<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #most: number

  /** @param most entries that are kept; the oldest go first */
  constructor(most: number) {
    this.#most = most
  }

  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const now = performance.now()
    const known = this.#entries.get(key)
    if (known !== undefined && known.until > now) return known.value
    const value = make()
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: now + fresh_ms })
    value.catch(() => this.#entries.delete(key))
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value as string)
    return value
  }
}
