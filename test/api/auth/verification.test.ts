import assert from 'node:assert/strict'
import { manualClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { codeIn, password, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('proof of an e-mail', () => {
  const clock = manualClock(new Date())
  const app = useApp({ clock })
  let store: TestStore

  before(async () => {
    store = await createTestStore(app())
  })

  const request = { entity_type: 'email', metadata: { actor_type: 'customer' } }

  it('is mailed to who has just registered, and given by the code', async () => {
    const email = 'new@example.com'
    const { body } = await store.shopper.post('/auth/customer/emailpass/register', { email, password })
    const half = client(app(), { publishableKey: store.publishableKey, token: body.token })
    const asked = await half.post('/auth/verification/request', { ...request, entity_id: email })
    assert.equal(asked.status, 201)
    const { verification } = asked.body
    assert.deepEqual(
      [verification.entity_id, verification.entity_type, verification.code_provider, verification.verified_at],
      [email, 'email', 'token', null],
    )
    await app().drain()
    const code = codeIn(app().mails, email)
    assert.ok(!JSON.stringify(asked.body).includes(code))
    const confirmed = await store.shopper.post('/auth/verification/confirm', { code })
    assert.equal(confirmed.status, 200)
    assert.deepEqual(
      { ...confirmed.body, verified_at: 'set' },
      { entity_id: email, entity_type: 'email', code_provider: 'token', verified_at: 'set' },
    )
    const again = await half.post('/auth/verification/request', { ...request, entity_id: email, code_provider: 'token' })
    assert.equal(again.body.verification.verified_at, confirmed.body.verified_at, 'what is proven stays so')
    const sent = app().mails.length
    await app().drain()
    assert.equal(app().mails.length, sent)
  })

  it('is not given twice, late, or by a code that is wrong', async () => {
    const shopper = await signUp(app(), store, 'slow@example.com')
    const ask = () => shopper.client.post('/auth/verification/request', { ...request, entity_id: shopper.email })
    await ask()
    await app().drain()
    const late = codeIn(app().mails, shopper.email)
    clock.advance(25 * 3_600_000)
    const refused = [
      await store.shopper.post('/auth/verification/confirm', { code: late }),
      await store.shopper.post('/auth/verification/confirm', { code: 'f'.repeat(64) }),
    ]
    const words = { type: 'not_allowed', message: 'Verification code is invalid or already used' }
    for (const answer of refused) assert.deepEqual([answer.status, answer.body], [400, words])
    const fresh = await store.shopper.post('/auth/customer/emailpass', { email: shopper.email, password })
    await client(app(), { publishableKey: store.publishableKey, token: fresh.body.token }).post('/auth/verification/request', {
      ...request,
      entity_id: shopper.email,
    })
    await app().drain()
    const code = codeIn(app().mails, shopper.email)
    const tries = await Promise.all(Array.from({ length: 4 }, () => store.shopper.post('/auth/verification/confirm', { code })))
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400, 400, 400])
  })

  it('is of the sender’s own e-mail alone, and needs a sender', async () => {
    const shopper = await signUp(app(), store, 'honest@example.com')
    const foreign = await shopper.client.post('/auth/verification/request', { ...request, entity_id: 'somebody@example.com' })
    assert.deepEqual([foreign.status, foreign.body.type], [400, 'invalid_data'])
    assert.equal((await store.shopper.post('/auth/verification/request', { ...request, entity_id: shopper.email })).status, 401)
  })
})
