import type { Context as KoaContext } from 'koa'

interface Sources {
  script: readonly string[]
  connect: readonly string[]
  frame: readonly string[]
}

/** Nothing is written into a page that could run or style it. */
function policyWith({ script, connect, frame }: Sources): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...script].join(' '),
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    ...(frame.length === 0 ? [] : [['frame-src', ...frame].join(' ')]),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Everything comes from this host. */
const policy = policyWith({ script: [], connect: [], frame: [] })

const stripeScript = 'https://js.stripe.com'
// As Stripe documents it: its script, its frames, and the frame of the bank's questions.
const stripePolicy = policyWith({
  script: [stripeScript, 'https://*.js.stripe.com'],
  connect: ['https://api.stripe.com'],
  frame: [stripeScript, 'https://*.js.stripe.com', 'https://hooks.stripe.com'],
})

/** Where Stripe.js is: at Stripe, or at the simulator that stands in. */
export const stripeScriptAddress = (stripeApiUrl: string | undefined) => `${stripeApiUrl ?? stripeScript}/v3/`

/** A page on which cards are taken lets in what takes them, and nobody else. */
export function allowStripe(ctx: KoaContext, stripeApiUrl: string | undefined): void {
  if (stripeApiUrl === undefined) return ctx.set('content-security-policy', stripePolicy)
  const { origin } = new URL(stripeApiUrl)
  ctx.set('content-security-policy', policyWith({ script: [origin], connect: [origin], frame: [origin] }))
}

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
