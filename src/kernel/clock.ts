/** Time is handed in, never taken, so that stories can be told in virtual time. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is moved. */
export function manualClock(start: Date): Clock & { advance(by_ms: number): void } {
  let now_ms = start.getTime()
  return {
    now: () => new Date(now_ms),
    advance(by_ms) {
      now_ms += by_ms
    },
  }
}
