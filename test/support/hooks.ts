import { openTransactions } from './database.js'

/** Run around every test: none may leave a transaction open, which would hold locks against everybody else. */
export const mochaHooks: Mocha.RootHookObject = {
  async afterEach(this: Mocha.Context) {
    const left = await openTransactions()
    if (left.length === 0) return
    throw new Error(`${this.currentTest?.fullTitle()} left a transaction open: ${left.join('; ')}`)
  },
}
