import { type Statement, statement } from '../db/index.js'
import type { CommissionRule } from '../commissions/index.js'

export interface CheckoutRow {
  id: string
  attempt: number
  amount_minor: bigint
  payment_session_id: string | null
}

/** The open attempt of a cart, locked. Sent behind the cart's lock, which everyone takes first. */
export function lockOpenCheckoutStatement(tenantId: string, cartId: string): Statement<CheckoutRow> {
  return statement(
    'checkout.lock_open',
    `select id, attempt, amount_minor, payment_session_id from checkout
     where tenant_id = $1 and cart_id = $2 and state = 'open' for update`,
    [tenantId, cartId],
  )
}

export interface CheckoutSettings {
  auto_pick_shipping: boolean
  payment_capture: 'manual' | 'automatic'
  attempts: number
  rules: CommissionRule[]
}

/** How this store completes carts, its commission rules, and how often this cart was tried. */
export function checkoutSettingsStatement(tenantId: string, cartId: string): Statement<CheckoutSettings> {
  return statement(
    'checkout.settings',
    `select s.auto_pick_shipping, s.payment_capture,
            (select count(*) from checkout k where k.tenant_id = $1 and k.cart_id = $2)::int as attempts,
            coalesce((select json_agg(json_build_object('id', r.id, 'vendor_id', r.vendor_id,
                'product_type_id', r.product_type_id, 'product_category_id', r.product_category_id,
                'rate_ppm', r.rate_ppm, 'fixed_minor', r.fixed_minor, 'currency_code', r.currency_code))
              from commission_rule r where r.tenant_id = $1 and r.is_active), '[]') as rules
     from store s where s.tenant_id = $1`,
    [tenantId, cartId],
  )
}
