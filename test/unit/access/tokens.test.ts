import assert from 'node:assert/strict'
import { SignJWT, UnsecuredJWT } from 'jose'
import { type TokenClaims, tokensOf } from '../../../src/access/index.js'

const secret = 'a secret of at least 32 characters'
const claims: TokenClaims = {
  actor_id: 'cus_1',
  actor_type: 'customer',
  auth_identity_id: 'authid_1',
  auth_provider: 'emailpass',
  tenant_id: 'ten_1',
  token_version: 1,
  app_metadata: { customer_id: 'cus_1' },
  user_metadata: {},
}
const sign = (text: string, algorithm: string, issuer = 'stoa', expires = '1h') =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(text))

describe('tokens', () => {
  const tokens = tokensOf(secret, 60)

  it('carry what was put in', async () => {
    const read = await tokens.read(await tokens.sign(claims))
    assert.deepEqual({ ...read, iat: undefined, exp: undefined }, { ...claims, iss: 'stoa', iat: undefined, exp: undefined })
  })

  it('end after their lifetime', async () => {
    const read = (await tokens.read(await tokens.sign(claims))) as unknown as { iat: number; exp: number }
    assert.equal(read.exp - read.iat, 60)
    assert.equal(await tokens.read(await tokensOf(secret, -1).sign(claims)), null)
  })

  it('of another secret, issuer or algorithm are none', async () => {
    assert.equal(await tokens.read(await tokensOf(`${secret}!`, 60).sign(claims)), null)
    assert.equal(await tokens.read(await sign(secret, 'HS256', 'somebody')), null)
    assert.equal(await tokens.read(await sign(`${secret}${secret}`, 'HS512')), null)
    assert.equal(await tokens.read(await sign(secret, 'HS384')), null)
    assert.notEqual(await tokens.read(await sign(secret, 'HS256')), null)
  })

  it('without a signature, or changed anywhere, are none', async () => {
    assert.equal(await tokens.read(new UnsecuredJWT({ ...claims }).setIssuer('stoa').setExpirationTime('1h').encode()), null)
    const token = await tokens.sign(claims)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ ...claims, actor_type: 'operator', iss: 'stoa', exp: 9_999_999_999 })).toString('base64url')
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    for (const text of [
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${unsigned}.${forged}.`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      '',
      'x',
      '..',
      'a.b.c',
    ]) {
      assert.equal(await tokens.read(text), null, text)
    }
  })
})
