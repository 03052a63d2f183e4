import { createHash } from 'node:crypto'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Chance that comes out the same for the same seed. It is drawn by what it is for, not one after another, so that
 * requests that overtake each other do not change each other's fate.
 */
export class Chance {
  readonly #counts = new Map<string, number>()

  constructor(
    readonly seed: number,
    counts: readonly [string, number][] = [],
  ) {
    for (const [purpose, count] of counts) this.#counts.set(purpose, count)
  }

  /** How often each purpose has drawn: what goes on from there draws nothing twice. */
  counts(): [string, number][] {
    return [...this.#counts]
  }

  /** 0 up to, not including, 1; another number each time that the same purpose asks. */
  draw(purpose: string): number {
    return this.#hash(purpose).readUIntBE(0, 6) / 2 ** 48
  }

  within([low, high]: readonly [number, number], purpose: string): number {
    return low + Math.floor(this.draw(purpose) * (high - low + 1))
  }

  /** Letters and digits, as Stripe's ids end with. */
  letters(purpose: string, length = 24): string {
    let text = ''
    for (const byte of [...this.#hash(purpose), ...this.#hash(purpose)].slice(0, length)) text += letters[byte % letters.length]
    return text
  }

  shuffled<T>(items: readonly T[], purpose: string): T[] {
    const result = [...items]
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.within([0, last], purpose)
      const [one, two] = [result[last] as T, result[other] as T]
      result[last] = two
      result[other] = one
    }
    return result
  }

  #hash(purpose: string): Buffer {
    const count = (this.#counts.get(purpose) ?? 0) + 1
    this.#counts.set(purpose, count)
    return createHash('sha256').update(`${this.seed}/${purpose}/${count}`).digest()
  }
}
