import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the database was asked for. `statements` leaves out transaction control (BEGIN with the context, COMMIT,
 * ROLLBACK), which is counted apart as `control`. A round trip begins with a message sent while none is on its way
 * on that connection: statements sent together share one.
 */
export interface Statistics {
  statements: number
  control: number
  roundTrips: number
  transactions: number
}

export type StatementPhase = 'sent' | 'answered'
/** Told of every message to the database: for budgets and for tests that stop the process at one of them. */
export type StatementObserver = (phase: StatementPhase, text: string) => void

export function newStatistics(): Statistics {
  return { statements: 0, control: 0, roundTrips: 0, transactions: 0 }
}

const perRequest = new AsyncLocalStorage<Statistics>()

/** Runs `fn` and counts what it asks of the database into `statistics`. */
export function counting<T>(statistics: Statistics, fn: () => T): T {
  return perRequest.run(statistics, fn)
}

export function currentStatistics(): Statistics | undefined {
  return perRequest.getStore()
}
