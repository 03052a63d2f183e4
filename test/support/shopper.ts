import assert from 'node:assert/strict'
import type { Mail } from '../../src/notifications/index.js'
import type { TestApp } from './app.js'
import { type Client, client } from './client.js'
import type { TestStore } from './store.js'

export const password = 'correct horse battery'

export interface Shopper {
  id: string
  email: string
  token: string
  client: Client
}

/** Registers, opens the account and signs in, as storefronts do. */
export async function signUp(app: TestApp, store: TestStore, email: string): Promise<Shopper> {
  const registered = await store.shopper.post('/auth/customer/emailpass/register', { email, password })
  assert.equal(registered.status, 200, JSON.stringify(registered.body))
  const half = client(app, { publishableKey: store.publishableKey, token: registered.body.token })
  const made = await half.post('/store/customers', { email, first_name: 'Ada', last_name: 'Byron' })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  const { body } = await store.shopper.post('/auth/customer/emailpass', { email, password })
  return {
    id: made.body.customer.id,
    email,
    token: body.token,
    client: client(app, { publishableKey: store.publishableKey, token: body.token }),
  }
}

/** The newest code that was mailed to an address. Other mails (of an order, say) may come before or after it: each is a job of its own. */
export function codeIn(mails: readonly Mail[], to: string): string {
  const texts = mails.filter((mail) => mail.to === to).map((mail) => mail.text)
  const code = texts.flatMap((text) => /\b[0-9a-f]{64}\b/.exec(text) ?? []).at(-1)
  assert.ok(code, `no code in ${texts.length} mails to ${to}: ${texts.at(-1)}`)
  return code
}
