import assert from 'node:assert/strict'
import { remembered } from '../../../src/access/cache.js'

describe('remembering what was looked up', () => {
  it('asks once for callers at the same moment, and for those soon after', async () => {
    let asked = 0
    const lookup = remembered(async (key: string) => {
      asked += 1
      return `${key} ${asked}`
    })
    assert.deepEqual(await Promise.all([lookup('a'), lookup('a'), lookup('b')]), ['a 1', 'a 1', 'b 2'])
    assert.equal(await lookup('a'), 'a 1')
  })

  it('remembers that there was nothing, too', async () => {
    let asked = 0
    const lookup = remembered(async () => {
      asked += 1
      return null
    })
    assert.deepEqual([await lookup('a'), await lookup('a'), asked], [null, null, 1])
  })

  it('does not remember a failure', async () => {
    let fails = true
    const lookup = remembered(async () => {
      if (fails) throw new Error('the database is away')
      return 'found'
    })
    await assert.rejects(lookup('a'), /away/)
    fails = false
    assert.equal(await lookup('a'), 'found')
  })

  it('forgets when told to', async () => {
    let asked = 0
    const lookup = remembered(async () => {
      asked += 1
      return asked
    })
    assert.equal(await lookup('a'), 1)
    lookup.forget()
    assert.equal(await lookup('a'), 2)
  })
})
