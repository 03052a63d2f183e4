import { randomBytes } from 'node:crypto'
import { isId } from '../kernel/index.js'
import type { Visit } from './visit.js'

const cartCookie = 'cart'
const cartLifetime_ms = 30 * 24 * 3_600_000

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
  const secure = services.config.environment === 'production'
  ctx.cookies.set(cartCookie, `${id}.${randomBytes(9).toString('base64url')}`, {
    httpOnly: true,
    sameSite: 'lax',
    maxAge: cartLifetime_ms,
    ...(secure ? { secure } : {}),
  })
}

export function forgetCart({ ctx }: Pick<Visit, 'ctx'>): void {
  ctx.cookies.set(cartCookie, '', { httpOnly: true, sameSite: 'lax', maxAge: 0 })
}
