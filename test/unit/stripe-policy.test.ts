import assert from 'node:assert/strict'
import type { Context } from 'koa'
import { allowStripe, stripeScriptAddress } from '../../src/web/security.js'

describe('what a checkout lets in without a simulator', () => {
  it('is Stripe, and nobody else', () => {
    const headers = new Map<string, string>()
    allowStripe({ set: (name: string, value: string) => headers.set(name, value) } as unknown as Context, undefined)
    const hosts = headers.get('content-security-policy')?.match(/https?:\/\/[^\s;]+/g) ?? []
    assert.equal(stripeScriptAddress(undefined), 'https://js.stripe.com/v3/')
    assert.deepEqual([...new Set(hosts)].sort(), [
      'https://*.js.stripe.com',
      'https://api.stripe.com',
      'https://hooks.stripe.com',
      'https://js.stripe.com',
    ])
  })
})
