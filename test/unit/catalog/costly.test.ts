import assert from 'node:assert/strict'
import { costly } from '../../../src/catalog/queries/costly.js'

describe('what is remembered because it is costly', () => {
  const rest = () => new Promise((resolve) => setImmediate(resolve))

  it('is not there until it was learned, then is answered without being computed again', async () => {
    const answers = costly<number>(10, () => 0)
    let computed = 0
    const compute = async () => ++computed
    assert.equal(answers.recall('a', compute), undefined)
    answers.learn('a', compute)
    await rest()
    assert.deepEqual([answers.recall('a', compute), answers.recall('a', compute), computed], [1, 1, 1])
    assert.equal(answers.recall('b', compute), undefined)
  })

  it('is not computed again while it is fresh, however often it is to be learned', async () => {
    let now_ms = 0
    const answers = costly<number>(10, () => now_ms)
    let computed = 0
    for (let time = 0; time < 5; time += 1) {
      answers.learn('a', async () => ++computed)
      await rest()
    }
    assert.equal(computed, 1)
    now_ms = 10_001
    answers.learn('a', async () => ++computed)
    await rest()
    assert.equal(computed, 2)
  })

  it('is refreshed once when it is old, beside those who ask', async () => {
    let now_ms = 0
    const answers = costly<number>(10, () => now_ms)
    let computed = 0
    const compute = async () => ++computed
    answers.learn('a', compute)
    await rest()
    now_ms = 10_001
    assert.deepEqual([answers.recall('a', compute), answers.recall('a', compute)], [1, 1])
    await rest()
    assert.deepEqual([answers.recall('a', compute), computed], [2, 2])
  })

  it('is kept the longer the more it cost, and forgotten when nobody asked for long', async () => {
    let now_ms = 0
    const answers = costly<number>(10, () => now_ms)
    answers.learn('a', async () => {
      now_ms += 100
      return 1
    })
    await rest()
    let refreshed = false
    const refresh = async () => {
      refreshed = true
      return 2
    }
    now_ms = 49_000
    assert.deepEqual([answers.recall('a', refresh), refreshed], [1, false])
    now_ms = 700_000
    assert.equal(answers.recall('a', refresh), undefined)
  })

  it('is tried again after a failure', async () => {
    const answers = costly<number>(10, () => 0)
    answers.learn('a', async () => {
      throw new Error('the database was away')
    })
    await rest()
    assert.equal(
      answers.recall('a', async () => 1),
      undefined,
    )
    answers.learn('a', async () => 2)
    await rest()
    assert.equal(
      answers.recall('a', async () => 3),
      2,
    )
  })

  it('is forgotten when there is too much of it, what was asked for longest ago first', async () => {
    const answers = costly<string>(2, () => 0)
    const learn = async (key: string) => {
      answers.learn(key, async () => key)
      await rest()
    }
    const never = async () => 'never'
    await learn('a')
    await learn('b')
    answers.recall('a', never)
    await learn('c')
    assert.deepEqual([answers.recall('a', never), answers.recall('b', never), answers.recall('c', never)], ['a', undefined, 'c'])
  })
})
