import assert from 'node:assert/strict'
import { isKey, type KeyType, keyHash, newKey } from '../../../src/access/index.js'

describe('API keys', () => {
  const prefixes: Record<KeyType, string> = { publishable: 'pk_', secret: 'sk_', vendor: 'vk_' }

  it('say what they are, and are never made twice', () => {
    for (const [type, prefix] of Object.entries(prefixes) as [KeyType, string][]) {
      const { token } = newKey(type)
      assert.ok(token.startsWith(prefix) && isKey(token), type)
    }
    assert.equal(new Set(Array.from({ length: 500 }, () => newKey('secret').token)).size, 500)
  })

  it('are found by a hash that does not tell them', () => {
    const { token, hash } = newKey('secret')
    assert.equal(hash, keyHash(token))
    assert.match(hash, /^[0-9a-f]{64}$/)
    assert.ok(!hash.includes(token.slice(3)) && keyHash(`${token.slice(0, -1)}g`) !== hash)
  })

  it('are shown with too little to use', () => {
    const { token, redacted } = newKey('vendor')
    assert.equal(redacted, `${token.slice(0, 6)}***${token.slice(-3)}`)
    assert.ok(redacted.length < 15)
  })

  it('are told from anything else before the database is asked', () => {
    const { token } = newKey('secret')
    for (const text of [
      '',
      'sk_',
      token.slice(1),
      token.slice(0, -1),
      `${token}0`,
      token.toUpperCase(),
      `${token}\n`,
      token.replace('sk_', 'xk_'),
      ` ${token}`,
    ]) {
      assert.equal(isKey(text), false, JSON.stringify(text))
    }
  })
})
