import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import type { CommissionRuleRow } from './rules.js'

/** Rules, narrowed and in any order. */
export function listCommissionRulesStatement(
  tenantId: string,
  filter: { id: string[] | null; vendorId: string[] | null },
  page: ListPage,
): Statement<CommissionRuleRow> {
  const order = orderBy('c', page.order)
  return statement(
    `commissions.list_rules.${order.name}`,
    `select c.id, c.name, c.vendor_id, c.product_type_id, c.product_category_id, c.rate_ppm, c.fixed_minor, c.currency_code,
            c.is_active, c.created_at, c.updated_at, count(*) over ()::int as count
     from commission_rule c
     where c.tenant_id = $1 and ($2::text[] is null or c.id = any($2)) and ($3::text[] is null or c.vendor_id = any($3))
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.id, filter.vendorId, page.limit, page.offset],
  )
}
