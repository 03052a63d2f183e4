import assert from 'node:assert/strict'
import { matchingStep, newTotpSecret, otpauthUrl, totpCode, totpStep } from '../../../src/access/totp.js'

/** RFC 6238, appendix B: the ASCII secret 12345678901234567890 in base32, and the last six of the eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const vectors: [second: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

describe('codes of a second factor', () => {
  it('are those of RFC 6238', () => {
    for (const [second, code] of vectors) assert.equal(totpCode(secret, totpStep(new Date(second * 1_000))), code)
  })

  it('are good in their half minute and the ones beside it, and no longer', () => {
    const at = new Date(1_234_567_890_000)
    const now = totpStep(at)
    for (const step of [now - 1, now, now + 1]) assert.equal(matchingStep(secret, totpCode(secret, step), at, 0), step)
    for (const step of [now - 2, now + 2]) assert.equal(matchingStep(secret, totpCode(secret, step), at, 0), null)
  })

  it('are good once, and end those before them', () => {
    const at = new Date(1_234_567_890_000)
    const now = totpStep(at)
    assert.equal(matchingStep(secret, totpCode(secret, now), at, now), null)
    assert.equal(matchingStep(secret, totpCode(secret, now - 1), at, now), null)
    assert.equal(matchingStep(secret, totpCode(secret, now + 1), at, now), now + 1)
  })

  it('come from secrets of 160 bits, which no two people share', () => {
    const secrets = new Set(Array.from({ length: 50 }, newTotpSecret))
    assert.equal(secrets.size, 50)
    for (const one of secrets) assert.match(one, /^[A-Z2-7]{32}$/)
  })

  it('are set up by an address that an authenticator reads', () => {
    const url = new URL(otpauthUrl(secret, 'Harbour & Sons', 'ada@example.com'))
    assert.equal(url.protocol, 'otpauth:')
    assert.equal(decodeURIComponent(url.pathname), '/Harbour & Sons:ada@example.com')
    assert.deepEqual([url.searchParams.get('secret'), url.searchParams.get('issuer')], [secret, 'Harbour & Sons'])
  })
})
