import { type Route, route } from '../../http/index.js'
import { singlePage } from '../../db/index.js'
import { retrieveTenant } from '../../platform/index.js'
import { fundByPlatform, listPromotionsStatement, type PromotionRow, renderPromotion } from '../../promotions/index.js'

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants/:id/promotions/:promotion_id/fund',
    summary: "Pay for a store's promotion from now on, as it is",
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant', promotion_id: 'promotion' },
    async handle({ context, params }) {
      const { id, promotion_id } = params as { id: string; promotion_id: string }
      const tenant = await retrieveTenant(context.db, id)
      const scope = { role: 'platform', tenantId: tenant.id } as const
      await context.db.unitOfWork(scope, (unit) => fundByPlatform(unit, promotion_id))
      const filter = { id: [promotion_id], q: null, code: null, campaignId: null, status: null, vendorId: null, isAutomatic: null }
      const [row] = await context.db.read(scope, listPromotionsStatement(tenant.id, filter, singlePage))
      const { count: _count, ...promotion } = row as PromotionRow & { count: number }
      return { promotion: renderPromotion(promotion) }
    },
  }),
]
