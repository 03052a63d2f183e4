import { toMajor } from '../kernel/index.js'
import { anyCurrencyParts, type Promotion } from './promotion.js'

/** What a cart or an order says of a promotion that discounts it. */
export type AppliedPromotion = Pick<
  Promotion,
  'id' | 'code' | 'is_automatic' | 'is_tax_inclusive' | 'method_type' | 'value_minor' | 'value_ppm' | 'currency_code'
>

/** A promotion's value on the wire: major units, or per cent. */
export function wireValue({
  value_minor,
  value_ppm,
  currency_code,
}: Pick<Promotion, 'value_minor' | 'value_ppm' | 'currency_code'>): number {
  if (value_minor === null) return (value_ppm ?? 0) / 10_000
  return currency_code === null ? value_minor / anyCurrencyParts : toMajor(value_minor, currency_code)
}

/** Medusa's clients know how a promotion works as a thing of its own, with an id; here it is part of the promotion. */
export const methodIdOf = (promotionId: string) => promotionId.replace('promo_', 'proappmet_')

/** The promotion in the wire shape of carts and orders (Store API contract, cart JSON). */
export function renderApplied(promotion: AppliedPromotion): Record<string, unknown> {
  const { id, code, is_automatic, is_tax_inclusive, method_type, currency_code } = promotion
  const application_method = { id: methodIdOf(id), value: wireValue(promotion), type: method_type, currency_code }
  return { id, code, is_automatic, is_tax_inclusive, application_method }
}
