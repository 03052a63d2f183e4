import { Readable } from 'node:stream'
import Router from '@koa/router'
import { tenantByPublicIdStatement } from '../access/index.js'
import type { Context } from '../db/index.js'
import { openExport, opens } from '../exports/index.js'
import { isId, notFound } from '../kernel/index.js'
import type { Services } from './services.js'

/**
 * Files of exports, for who was told the address: a browser fetches them without a header. Whatever is wrong with an address, the
 * answer is the same.
 */
export function exportedFilesRouter(services: Services): Router {
  const router = new Router()
  const missing = () => notFound('There is no file at this address, or not any longer: ask for another export')
  router.get('/exports/:tenant/:id/:token', async (ctx) => {
    const { tenant, id, token } = ctx.params as Record<'tenant' | 'id' | 'token', string>
    ctx.set(await services.rates.take('read', `-:exports:${ctx.ip}`))
    if (!opens(services.exportSealer, tenant, id, token) || !isId(id, 'exp')) throw missing()
    const [store] = await services.db.read({ role: 'platform' }, tenantByPublicIdStatement(tenant))
    // A suspended store is closed to everybody but the platform.
    if (store?.status !== 'active') throw missing()
    const scope = { role: 'store', tenantId: store.id } as const
    const context: Context = { db: services.db, clock: services.clock, scope, requestId: '', actorId: '' }
    const file = await openExport(context, id)
    if (file === null) throw missing()
    ctx.set('content-disposition', `attachment; filename="${file.name}"`)
    ctx.type = 'text/csv; charset=utf-8'
    ctx.body = Readable.from(file.content)
  })
  return router
}
