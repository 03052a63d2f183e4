import { StripeFailure } from './errors.js'

export interface Answer {
  status: number
  body: string
  headers: Record<string, string>
}

export interface Kept {
  fingerprint: string
  at_ms: number
  /** Missing while the first request is still under way. */
  answer?: Answer
}

/** Stripe may forget a key after a day, and so does the simulator. */
const kept_ms = 86_400_000
const keyLengthMax = 255

/** First answers by key, of one account. */
export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>()

  /** The first answer, or undefined for the one who is to make it, and who then calls `keep` or `forgetUnanswered`. */
  begin(key: string, fingerprint: string, now_ms: number): Answer | undefined {
    if (key.length > keyLengthMax) {
      throw new StripeFailure(
        400,
        { type: 'invalid_request_error', message: `Idempotency keys are at most ${keyLengthMax} characters long.` },
        false,
      )
    }
    const known = this.#kept.get(key)
    if (known === undefined || known.at_ms + kept_ms <= now_ms) {
      this.#kept.set(key, { fingerprint, at_ms: now_ms })
      return undefined
    }
    if (known.fingerprint !== fingerprint) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
      throw new StripeFailure(400, { type: 'idempotency_error', message }, false)
    }
    if (known.answer !== undefined) return known.answer
    const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`
    throw new StripeFailure(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use', message }, false)
  }

  /** What was answered and is still good. */
  saved(now_ms: number): [string, Kept][] {
    return [...this.#kept].filter(([, { at_ms, answer }]) => answer !== undefined && at_ms + kept_ms > now_ms)
  }

  restore(saved: readonly [string, Kept][]): void {
    for (const [key, kept] of saved) this.#kept.set(key, kept)
  }

  keep(key: string, answer: Answer): void {
    const known = this.#kept.get(key)
    if (known !== undefined) known.answer = answer
  }

  /** The next request with it executes, unless there is an answer after all. */
  forgetUnanswered(key: string): void {
    if (this.#kept.get(key)?.answer === undefined) this.#kept.delete(key)
  }
}
