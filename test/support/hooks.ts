import fc from 'fast-check'
import { openTransactions } from './database.js'

// The same cases in every run: a change is not judged by luck. Others are tried with, for example,
// PROPERTY_SEED=$RANDOM npm test -- test/unit
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_261) })

/** Run around every test: none may leave a transaction open, which would hold locks against everybody else. */
export const mochaHooks: Mocha.RootHookObject = {
  async afterEach(this: Mocha.Context) {
    const left = await openTransactions()
    if (left.length === 0) return
    throw new Error(`${this.currentTest?.fullTitle()} left a transaction open: ${left.join('; ')}`)
  },
}
