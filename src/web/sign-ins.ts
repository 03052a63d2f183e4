import { StoaError } from '../kernel/index.js'
import { cartOf, forgetHalf, type HalfSignIn, keepHalf } from './cookies.js'
import { refusalIn } from './refusals.js'
import type { Visit } from './visit.js'

export interface Credentials {
  email: string
  password: string
}

/** What a sign-in came to: done, or a code of the second factor is wanted still. */
export type SignedIn = 'done' | 'second_step'

interface TokenAnswer {
  token: string
  mfa_challenge?: { id: string }
}

async function apiOfToken(visit: Visit, token: string) {
  const { services, ctx } = visit
  const none = { publishableKey: '', tenantSlug: '', session: '', origin: '' }
  const host = ctx.hostname.toLowerCase()
  const { actor } = await services.gatekeeper.identify({ ...none, surface: 'auth', host, authorization: `Bearer ${token}` })
  return { actor, api: visit.apiWith(token, actor) }
}

/**
 * Signs a customer in: a session as the browser's cookie, and the cart becomes theirs. Where there is a second factor,
 * the browser keeps the half until its code comes.
 */
export async function signIn(visit: Visit, credentials: Credentials): Promise<SignedIn> {
  const answer = await visit.api.post<TokenAnswer>('/auth/customer/emailpass', { body: credentials })
  if (answer.mfa_challenge !== undefined) {
    keepHalf(visit, { token: answer.token, challengeId: answer.mfa_challenge.id })
    return 'second_step'
  }
  await beginSession(visit, answer.token)
  return 'done'
}

/** A code as people type it: six digits are an authenticator's, everything else is a recovery code. */
export function codeOf(typed: string): { method: 'totp' | 'recovery_code'; code: string } {
  const code = typed.replace(/\s/g, '').slice(0, 64)
  return { method: /^\d{6}$/.test(code) ? 'totp' : 'recovery_code', code }
}

/**
 * The second step of a sign-in.
 * @throws unauthorized for a wrong code, or when the half is over; not_allowed and not_found when the challenge is;
 * too_many_requests
 */
export async function finishSignIn(visit: Visit, half: HalfSignIn, typed: string): Promise<void> {
  const { api } = await apiOfToken(visit, half.token)
  const call = { params: { id: half.challengeId }, body: codeOf(typed) }
  const { token } = await api.post<TokenAnswer>('/auth/mfa/challenges/:id/verify', call)
  forgetHalf(visit)
  await beginSession(visit, token)
}

async function beginSession(visit: Visit, token: string): Promise<void> {
  const { actor, api } = await apiOfToken(visit, token)
  // A sign-in whose account was never opened gets it now.
  if (actor?.id === '') throw new StoaError('unauthorized', 401, 'This sign-in has no account')
  const { headers } = await api.reply('POST', '/auth/session')
  const cookie = headers['set-cookie']
  if (cookie !== undefined) visit.ctx.append('set-cookie', cookie)
  const cart = cartOf(visit)
  // A cart that is paid, or somebody else's, stays what it is.
  if (cart !== null) await api.post('/store/carts/:id/customer', { params: { id: cart.id } }).catch(() => undefined)
}

export interface NewCustomer extends Credentials {
  first_name: string
  last_name: string
}

/**
 * Opens an account and signs in. Twice with the same words, as two clicks send it, comes to the same.
 * @throws unauthorized for an e-mail that has an account with another password
 */
export async function register(visit: Visit, { email, password, first_name, last_name }: NewCustomer): Promise<SignedIn> {
  const credentials = { email, password }
  const token = await registered(visit, credentials)
  if (token !== null) {
    const { actor, api } = await apiOfToken(visit, token)
    if (actor?.id === '') {
      const opened = api.post('/store/customers', { body: { email, first_name, last_name } })
      // The other click was faster.
      await opened.catch(refusalIn)
    }
  }
  return signIn(visit, credentials)
}

async function registered(visit: Visit, credentials: Credentials): Promise<string | null> {
  try {
    return (await visit.api.post<{ token: string }>('/auth/customer/emailpass/register', { body: credentials })).token
  } catch (error) {
    if (error instanceof StoaError && error.type === 'unauthorized') return null
    throw error
  }
}

/** Ends the session, if it is not over already. */
export async function signOut(visit: Visit): Promise<void> {
  const ended = await visit.api.reply('DELETE', '/auth/session').catch((error: unknown) => {
    if (error instanceof StoaError && error.type === 'unauthorized') return null
    throw error
  })
  const cookie = ended?.headers['set-cookie']
  if (cookie !== undefined) visit.ctx.append('set-cookie', cookie)
}
