import assert from 'node:assert/strict'
import fc from 'fast-check'
import { attemptsMaximum } from '../../../src/jobs/index.js'
import { delayBefore } from '../../../src/jobs/run.js'

describe('waiting before the next try of a job', () => {
  it('grows, up to an hour', () => {
    const middle = () => 0.5
    const delays = Array.from({ length: attemptsMaximum }, (_entry, index) => delayBefore(index + 1, middle))
    assert.deepEqual(delays.slice(0, 4), [1_000, 3_000, 9_000, 27_000])
    assert.deepEqual(
      delays,
      [...delays].sort((a, b) => a - b),
    )
    assert.equal(delays.at(-1), 3_600_000)
  })

  it('is spread by a tenth, so that what failed together does not return together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const exact = delayBefore(attempt, () => 0.5)
        const delay = delayBefore(attempt, () => random)
        assert.ok(delay >= Math.floor(exact * 0.9) && delay <= Math.ceil(exact * 1.1) && Number.isInteger(delay))
      }),
    )
    assert.notEqual(
      delayBefore(5, () => 0),
      delayBefore(5, () => 0.99),
    )
  })

  it('takes about two hours in all before a job is set aside for a person', () => {
    const total_ms = Array.from({ length: attemptsMaximum - 1 }, (_entry, index) => delayBefore(index + 1, () => 0.5)).reduce(
      (sum, delay) => sum + delay,
      0,
    )
    assert.ok(total_ms > 1.5 * 3_600_000 && total_ms < 3 * 3_600_000, `${total_ms}`)
  })
})
