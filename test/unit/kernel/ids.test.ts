import assert from 'node:assert/strict'
import fc from 'fast-check'
import { idPrefixes, isId, manualClock, newId, systemClock } from '../../../src/kernel/index.js'

const prefix = fc.constantFrom(...idPrefixes)

describe('ids', () => {
  it('are a prefix and a ULID, and are known by their own prefix only', () => {
    fc.assert(
      fc.property(prefix, prefix, (own, other) => {
        const id = newId(own)
        assert.match(id, /^[a-z_]+_[0-9A-HJKMNP-TV-Z]{26}$/)
        assert.equal(isId(id, other), own === other)
      }),
    )
  })

  it('sort in the order in which they were made', () => {
    const made = Array.from({ length: 5_000 }, () => newId('ordli'))
    assert.deepEqual([...made].sort(), made)
    assert.equal(new Set(made).size, made.length)
  })

  it('that open what they name cannot be guessed from others of the same moment', () => {
    for (const name of ['cart', 'order', 'pay_col'] as const) {
      const made = Array.from({ length: 2_000 }, () => [newId('ordli'), newId(name), newId(name)]).flat()
      const beginnings = made.filter((id) => id.startsWith(`${name}_`)).map((id) => id.slice(-16, -4))
      // Neighbours would share all but the last characters of the random part.
      assert.equal(new Set(beginnings).size, beginnings.length)
      const others = new Set(made.filter((id) => !id.startsWith(`${name}_`)).map((id) => id.slice(-16, -4)))
      assert.ok(beginnings.every((beginning) => !others.has(beginning)))
    }
  })

  it('fit the column of every table', () => {
    for (const name of idPrefixes) assert.ok(newId(name).length <= 64, name)
  })

  it('are told from anything else', () => {
    const id = newId('prod')
    for (const value of [
      undefined,
      null,
      7,
      {},
      [id],
      '',
      'prod_',
      id.slice(0, -1),
      `${id}0`,
      `${id}\n`,
      ` ${id}`,
      id.replace('prod_', 'prod-'),
      `prod_${'é'.repeat(26)}`,
    ]) {
      assert.equal(isId(value, 'prod'), false, JSON.stringify(value))
    }
  })

  it('have prefixes that are listed once', () => {
    assert.equal(new Set(idPrefixes).size, idPrefixes.length)
  })
})

describe('clocks', () => {
  it('a manual one stands still until it is moved', () => {
    const start = new Date('2026-01-02T03:04:05Z')
    const clock = manualClock(start)
    const first = clock.now()
    clock.advance(90_000)
    assert.deepEqual([first, clock.now()], [start, new Date('2026-01-02T03:05:35Z')])
    assert.deepEqual(start, new Date('2026-01-02T03:04:05Z'))
  })

  it('the system’s one is now', () => {
    const before_ms = Date.now()
    const now_ms = systemClock.now().getTime()
    assert.ok(now_ms >= before_ms && now_ms <= Date.now())
  })
})
