import { randomBytes } from 'node:crypto'
import { isId } from '../kernel/index.js'
import type { Visit } from './visit.js'

const cartCookie = 'cart'
const cartLifetime_s = 30 * 24 * 3_600

/** The cart that the browser has, and a mark that changes whenever it is given a cookie. */
export interface CartCookie {
  id: string
  mark: string
}

/** What the browser says of its cart. Ids of carts cannot be guessed; one of another store names nothing here. */
export function cartOf({ ctx }: Pick<Visit, 'ctx'>): CartCookie | null {
  const [id, mark = ''] = (ctx.cookies.get(cartCookie) ?? '').split('.')
  return isId(id, 'cart') ? { id, mark } : null
}

/**
 * Gives the browser its cart. Two clicks on one button send the same cookie, and so the same mark: what they ask for is
 * done once.
 */
export function keepCart({ ctx, services }: Pick<Visit, 'ctx' | 'services'>, id: string): void {
  setCookie({ ctx, services }, cartCookie, `${id}.${randomBytes(9).toString('base64url')}`, cartLifetime_s)
}

export function forgetCart(visit: Pick<Visit, 'ctx' | 'services'>): void {
  setCookie(visit, cartCookie, '', 0)
}

const halfCookie = 'half_sign_in'
/** As long as the challenge is open. */
const halfLifetime_s = 600

/** A sign-in that still wants its second step: what the API gave for the first one. */
export interface HalfSignIn {
  token: string
  challengeId: string
}

/** Kept by the browser and by nobody else: the token opens nothing before the code has come. */
export function keepHalf(visit: Pick<Visit, 'ctx' | 'services'>, { token, challengeId }: HalfSignIn): void {
  setCookie(visit, halfCookie, `${challengeId}:${token}`, halfLifetime_s)
}

export function halfOf({ ctx }: Pick<Visit, 'ctx'>): HalfSignIn | null {
  const [challengeId = '', token = ''] = (ctx.cookies.get(halfCookie) ?? '').split(':')
  return challengeId === '' || token === '' ? null : { challengeId, token }
}

export function forgetHalf(visit: Pick<Visit, 'ctx' | 'services'>): void {
  setCookie(visit, halfCookie, '', 0)
}

const confirmedCookie = 'email_confirmed'
/** As long as somebody looks at the page that says it. */
const confirmedLifetime_s = 600

/** This browser has just confirmed an e-mail: a page must not say so to whoever types its address. */
export function keepConfirmed(visit: Pick<Visit, 'ctx' | 'services'>): void {
  setCookie(visit, confirmedCookie, 'true', confirmedLifetime_s)
}

export function hasConfirmed({ ctx }: Pick<Visit, 'ctx'>): boolean {
  return ctx.cookies.get(confirmedCookie) === 'true'
}

/** As sessions are set: behind a proxy that ends TLS, Koa's own would refuse to be secure. */
function setCookie({ ctx, services }: Pick<Visit, 'ctx' | 'services'>, name: string, value: string, lifetime_s: number): void {
  const secure = services.config.environment === 'production' ? '; Secure' : ''
  ctx.append('set-cookie', `${name}=${value}; Path=/; Max-Age=${lifetime_s}; HttpOnly; SameSite=Lax${secure}`)
}
