import assert from 'node:assert/strict'
import { useStripe } from '../support/stripe.js'
import { liveThrough, openShops, replayEvery_days } from './year.js'

/** `npm run simulate` lives through a whole year. */
const days = Number(process.env.SIMULATED_DAYS ?? 8)
const seed = Number(process.env.SIMULATED_SEED ?? 1)
const width = 40
const perDay_ms = 30_000

describe('a marketplace lives on', function () {
  this.timeout(60_000 + days * perDay_ms)
  const world = useStripe({ virtualTime: true })

  it(`for ${days} days, and books, rows and Stripe agree after each`, async () => {
    const shops = await openShops(world())
    const shown = process.env.SIMULATED_DAYS !== undefined
    const told = (day: number) => {
      const filled = Math.round((width * day) / days)
      process.stdout.write(`\r  ${'█'.repeat(filled)}${'░'.repeat(width - filled)} day ${day} of ${days}`)
    }
    const summary = await liveThrough(world(), shops, { days, seed, ...(shown ? { told } : {}) })
    if (shown)
      console.log(
        `\n${Object.entries(summary)
          .map(([name, value]) => `  ${name.padEnd(16)} ${JSON.stringify(value)}`)
          .join('\n')}`,
      )
    assert.ok(summary.orders > 0)
    assert.equal(summary.replayed > 0, days >= replayEvery_days)
  })
})
