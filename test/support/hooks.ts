import { openTransactions } from './database.js'

// Loaded before every run: no test may leave a transaction open, which would hold locks against everybody else.
afterEach('leaves no transaction open', async function () {
  const left = await openTransactions()
  if (left.length === 0) return
  throw new Error(`${this.currentTest?.fullTitle()} left a transaction open: ${left.join('; ')}`)
})
