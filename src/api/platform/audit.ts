import { z } from 'zod'
import { readPage } from '../../db/index.js'
import { listPlatformAuditStatement } from '../../audit/index.js'
import { oneOrMany, type Route, route } from '../../http/index.js'

const words = oneOrMany.optional()

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/audit',
    summary: 'List what operators did to no store in particular; the rest is in the log of each store',
    access: 'platform:tenants:read',
    withoutTenant: true,
    query: z.strictObject({ actor_id: words, action: words, object_id: words, request_id: words }),
    page: { limit: 50, orderable: ['id'] },
    async handle({ context, query, page }) {
      const { limit, offset } = page
      const filter = {
        actorId: query.actor_id ?? null,
        action: query.action ?? null,
        objectId: query.object_id ?? null,
        requestId: query.request_id ?? null,
      }
      const ofOperator = { ...context, scope: { role: 'platform' } as const }
      const { rows, count } = await readPage(ofOperator, page, (part) => listPlatformAuditStatement(filter, part))
      return { audit_records: rows.map(({ count: _count, ...row }) => row), count, offset, limit }
    },
  }),
]
