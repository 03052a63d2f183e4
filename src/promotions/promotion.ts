/** Who pays for a discount: the vendor whose lines it is on, the store, or the platform. */
export type Funder = 'vendor' | 'store' | 'platform'

export const operators = ['in', 'eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const
export type Operator = (typeof operators)[number]

/** A condition: what an attribute must be. */
export interface Rule {
  id: string
  attribute: string
  operator: Operator
  values: readonly string[]
  /** What staff say of it. */
  description?: string | null
}

/** Parts of a major unit in which an amount is kept that is taken off in every currency. */
export const anyCurrencyParts = 1_000_000

/** A promotion as carts load it; amounts in minor units, rates in parts per million. */
export interface Promotion {
  id: string
  code: string
  type: 'standard' | 'buyget'
  is_automatic: boolean
  is_tax_inclusive: boolean
  usage_limit: number | null
  used: number
  funder: Funder
  vendor_id: string | null
  method_type: 'fixed' | 'percentage'
  target_type: 'items' | 'shipping_methods' | 'order'
  /** Null of a whole order, for `across`. */
  allocation: 'each' | 'across' | 'once' | null
  /** Without a currency, `anyCurrencyParts` of a major unit. */
  value_minor: number | null
  value_ppm: number | null
  currency_code: string | null
  max_quantity: number | null
  apply_to_quantity: number | null
  buy_rules_min_quantity: number | null
  rules: readonly Rule[]
  target_rules: readonly Rule[]
  buy_rules: readonly Rule[]
  campaign: CampaignState | null
}

/** What a budget counts: money or uses, of all customers together or of each. */
export const budgetTypes = ['spend', 'usage', 'use_by_attribute', 'spend_by_attribute'] as const
export type BudgetType = (typeof budgetTypes)[number]

/** What a promotion's campaign allows. */
export interface CampaignState {
  id: string
  starts_at: string | null
  ends_at: string | null
  budget_type: BudgetType | null
  /** Of a budget that each has: what tells its users apart. */
  budget_attribute: 'customer_id' | 'customer_email' | null
  budget_currency_code: string | null
  /** Of a budget of uses, a use counts as one. */
  budget_limit_minor: number | null
  /** By this buyer, where each has so much. */
  budget_used_minor: number
}

/** A discount on a line or shipping method, as stored with it; the amount in minor units. */
export interface Adjustment {
  id: string
  promotion_id: string
  code: string
  amount_minor: number
  /** Whether the amount has the tax in it. */
  is_tax_inclusive: boolean
  funder: Funder
}

/** The same as if nobody else had used it: whether it has a use left is decided where that is taken. */
export function withoutLimits(promotion: Promotion): Promotion {
  const { campaign } = promotion
  return { ...promotion, usage_limit: null, campaign: campaign === null ? null : { ...campaign, budget_limit_minor: null } }
}
