import { type Route, route } from '../../http/index.js'
import { readPage } from '../../db/index.js'
import { failedJobsStatement, retryFailedStatement, workerScope } from '../../jobs/index.js'
import { notFound } from '../../kernel/index.js'

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/jobs/failed',
    summary: 'Jobs that were given up, newest first',
    access: 'platform:jobs:read',
    withoutTenant: true,
    page: { limit: 50, orderable: ['finished_at'], descending: true },
    async handle({ context, page }) {
      const { limit, offset } = page
      const { rows, count } = await readPage({ ...context, scope: workerScope }, { limit, offset }, failedJobsStatement)
      // Payloads stay inside: they hold ids of a tenant's people and things.
      const jobs = rows.map(({ count: _count, payload: _payload, tenant_id: _tenant, ...job }) => job)
      return { jobs, count, offset, limit }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/jobs/:id/retry',
    summary: 'Give a failed job its tries back',
    access: 'platform:jobs:write',
    withoutTenant: true,
    ids: { id: 'job' },
    async handle({ context, params }) {
      const rows = await context.db.unitOfWork(workerScope, (unit) => unit.run(retryFailedStatement(params.id as string)))
      if (rows.length === 0) throw notFound(`Failed job with id: ${params.id} was not found`)
      return { job: { id: params.id, state: 'queued' } }
    },
  }),
]
