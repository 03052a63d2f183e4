import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { profileOf, setState } from './accounts.js'
import { written } from './currencies.js'
import { finishAuthentication } from './intents.js'
import type { Intent } from './objects.js'
import { emitThin } from './thin-events.js'
import type { Account, World } from './world.js'

// What browsers see of the simulator: the stand-in for Stripe.js, the bank's page, Stripe's onboarding.

export interface Page {
  status: number
  headers: Record<string, string>
  body: string
}

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../infra/local/stripe/browser/stripe.mjs')
const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem;margin-right:1rem}'

/** The page at that address, or undefined when there is none. */
export function pageAt(world: World, method: string, address: URL, body: string): Page | undefined {
  const form = new URLSearchParams(method === 'POST' ? body : address.search)
  const [, first, id, token] = address.pathname.split('/')
  if (first === 'v3' && method === 'GET')
    return { status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' }, body: fs.readFileSync(script, 'utf8') }
  if (address.pathname === '/simulator.css') return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: style }
  if (first === '3ds' && id !== undefined) return authentication(world, method, id, form)
  if (first === 'onboarding' && id !== undefined && token !== undefined) return onboarding(world, method, id, token, form)
  return undefined
}

function authentication(world: World, method: string, id: string, form: URLSearchParams): Page {
  const account = world.accounts().find((one) => one.find('payment_intent', id) !== undefined)
  const intent = account?.find<Intent>('payment_intent', id)
  const secret = form.get('client_secret') ?? ''
  if (account === undefined || intent === undefined || intent.client_secret !== secret)
    return html(404, 'No such payment', '<p>This payment does not exist.</p>')
  if (intent.status !== 'requires_action')
    return html(200, 'Nothing to do', '<p>This payment waits for nothing. You can go back to the shop.</p>')
  if (method === 'POST') return authenticated(account, intent, form.get('outcome') === 'succeed' ? 'succeed' : 'fail')
  const text = `<p>The bank asks whether you want to pay ${written(intent.amount, intent.currency)}.</p>`
  return html(200, 'Authentication by your bank', `${text}${choices({ client_secret: secret }, { succeed: 'Complete', fail: 'Fail' })}`)
}

function authenticated(account: Account, intent: Intent, outcome: 'succeed' | 'fail'): Page {
  const { return_url } = (intent.next_action?.redirect_to_url ?? {}) as { return_url?: string }
  finishAuthentication(account, intent.id, outcome)
  if (return_url === undefined) return html(200, 'Thank you', '<p>You are taken back to the shop.</p>')
  const address = new URL(return_url)
  address.searchParams.set('payment_intent', intent.id)
  address.searchParams.set('payment_intent_client_secret', intent.client_secret)
  address.searchParams.set('redirect_status', intent.status === 'requires_payment_method' ? 'failed' : 'succeeded')
  return { status: 303, headers: { location: address.href }, body: '' }
}

/** Links work once and for a few minutes; afterwards the browser is sent for a new one. */
function onboarding(world: World, method: string, id: string, token: string, form: URLSearchParams): Page {
  const account = world.accounts().find((one) => one.id === id)
  const link = account?.links.get(token)
  if (account === undefined || link === undefined) return html(404, 'No such link', '<p>This link does not exist.</p>')
  if (link.used || link.expires_ms <= world.now_ms()) return { status: 303, headers: { location: link.refresh_url }, body: '' }
  if (method !== 'POST') {
    const name = escaped(profileOf(account).display_name ?? account.id)
    return html(200, 'Onboarding', `<p>Stripe asks ${name} who they are.</p>${choices({}, { complete: 'Complete', later: 'Later' })}`)
  }
  link.used = true
  if (form.get('outcome') === 'complete') setState(account, 'active', null)
  emitThin(account, 'v2.core.account_link.returned')
  return { status: 303, headers: { location: link.return_url }, body: '' }
}

function choices(hidden: Record<string, string>, buttons: Record<string, string>): string {
  const fields = Object.entries(hidden).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`)
  const shown = Object.entries(buttons).map(([value, text]) => `<button name="outcome" value="${value}">${text}</button>`)
  return `<form method="post">${[...fields, ...shown].join('')}</form>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function html(status: number, title: string, content: string): Page {
  const head = `<meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="/simulator.css">`
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'self'" },
    body: `<!doctype html><html lang="en">${head}<h1>${title}</h1>${content}<p><small>This is the Stripe simulator: no money moves.</small></p></html>`,
  }
}
