import Router from '@koa/router'
import { receivePaymentEvent } from '../payments/index.js'
import { readBody } from './body.js'
import type { RequestState } from './run-route.js'
import type { Services } from './services.js'

/** What a provider sends at most; Stripe's largest events are a fraction of it. */
const hook_bytes = 524_288

/**
 * What payment providers tell. No tenant, token or JSON here: the address says whose it is, and the signature is over the
 * bytes as they came. 200 only after the event is in the database.
 */
export function hooksRouter(services: Services): Router {
  const router = new Router()
  router.post('/hooks/payment/:provider/:token', async (ctx) => {
    const raw = await readBody(ctx.req, hook_bytes)
    const headers = Object.fromEntries(
      Object.entries(ctx.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    )
    const { provider = '', token = '' } = ctx.params
    await receivePaymentEvent(services, { provider, token, raw, headers, requestId: (ctx.state as RequestState).requestId })
    ctx.body = { received: true }
  })
  return router
}
