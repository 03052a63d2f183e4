import { type Statement, statement } from '../db/index.js'
import type { CommissionRule } from '../commissions/index.js'

export interface CheckoutSettings {
  auto_pick_shipping: boolean
  payment_capture: 'manual' | 'automatic'
  /** Providers of which the store tells shoppers how they pay by hand. */
  paid_by_hand: string[]
  attempts: number
  rules: CommissionRule[]
  /** Of a cart that staff put together: its order is unpaid, and its id is set aside. */
  draft: { id: string; is_edited: boolean } | null
  /** What the platform takes of this store's orders. The store's role may ask for its own fee and for nothing else. */
  fee: { rate_ppm: number; fixed: Record<string, number> } | null
}

/** How this store completes carts, its commission rules and fee, and how often this cart was tried. */
export function checkoutSettingsStatement(tenantId: string, cartId: string): Statement<CheckoutSettings> {
  return statement(
    'checkout.settings',
    `select s.auto_pick_shipping, s.payment_capture, array(select jsonb_object_keys(s.payment_instructions)) as paid_by_hand,
            (select count(*) from checkout k where k.tenant_id = $1 and k.cart_id = $2)::int as attempts,
            coalesce((select json_agg(json_build_object('id', r.id, 'vendor_id', r.vendor_id,
                'product_type_id', r.product_type_id, 'product_category_id', r.product_category_id,
                'rate_ppm', r.rate_ppm, 'fixed_minor', r.fixed_minor, 'currency_code', r.currency_code))
              from commission_rule r where r.tenant_id = $1 and r.is_active), '[]') as rules,
            (select json_build_object('id', d.id, 'is_edited', d.edit is not null)
             from draft_order d where d.tenant_id = $1 and d.cart_id = $2) as draft,
            (select json_build_object('rate_ppm', f.rate_ppm, 'fixed', f.fixed) from store_fee f where f.tenant_id = $1) as fee
     from store s where s.tenant_id = $1`,
    [tenantId, cartId],
  )
}
