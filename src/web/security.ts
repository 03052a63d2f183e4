import type { Context as KoaContext } from 'koa'

/** Everything comes from this host. Nothing is written into a page that could run or style it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export function securityHeaders(ctx: KoaContext): void {
  ctx.set('content-security-policy', policy)
  ctx.set('x-content-type-options', 'nosniff')
  // Forms tell their own host where they come from, and nobody else is told anything.
  ctx.set('referrer-policy', 'same-origin')
  ctx.set('permissions-policy', 'camera=(), microphone=(), geolocation=()')
  ctx.set('cross-origin-opener-policy', 'same-origin')
}

/**
 * Whether a form was sent from a page of this very host. Stores are neighbours on one domain, where SameSite does not
 * keep them apart, and pages that everybody shares hold no secret of anybody's: what a browser says of where a form
 * comes from is what tells. One that says nothing is not believed.
 */
export function isOwnForm(ctx: KoaContext): boolean {
  const origin = ctx.get('origin')
  if (origin !== '') return URL.canParse(origin) && new URL(origin).host === ctx.host
  return ctx.get('sec-fetch-site') === 'same-origin'
}
