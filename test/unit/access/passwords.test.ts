import assert from 'node:assert/strict'
import { hashPassword, passwordMatches } from '../../../src/access/index.js'

describe('passwords', () => {
  it('are kept as argon2id, salted, and match themselves only', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
    assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.notEqual(first, second)
    assert.equal(await passwordMatches(first, 'correct horse'), true)
    for (const wrong of ['correct horsf', 'Correct horse', 'correct horse ', ''])
      assert.equal(await passwordMatches(first, wrong), false, wrong)
  })

  it('without an account match nothing, not even the decoy’s own', async () => {
    assert.equal(await passwordMatches(undefined, 'anything at all'), false)
    assert.equal(await passwordMatches(undefined, 'no account has this password'), false)
  })

  it('too short or too long are refused before they are hashed', () => {
    for (const password of ['', '1234567', 'x'.repeat(201)]) {
      assert.throws(() => hashPassword(password), { type: 'invalid_data', message: 'A password has 8 to 200 characters' })
    }
    assert.throws(() => hashPassword('', 'customer'), { type: 'invalid_data' })
  })

  it('are a shopper’s own choice', async () => {
    assert.equal(await passwordMatches(await hashPassword('short', 'customer'), 'short'), true)
  })

  it('longer than can be set are not another’s beginning', async () => {
    const stored = await hashPassword('x'.repeat(200))
    assert.equal(await passwordMatches(stored, 'x'.repeat(200)), true)
    assert.equal(await passwordMatches(stored, `${'x'.repeat(200)}y`), false)
  })

  it('more at once than can be hashed are refused, and the next ones taken again', async () => {
    const stored = await hashPassword('correct horse')
    const answers = await Promise.allSettled(Array.from({ length: 80 }, () => passwordMatches(stored, 'wrong password')))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    assert.ok(refused.length >= 10 && refused.length <= 20, `${refused.length} refused`)
    for (const answer of refused) assert.deepEqual([answer.reason.type, answer.reason.status], ['unexpected_state', 503])
    assert.equal(await passwordMatches(stored, 'correct horse'), true)
  })
})
