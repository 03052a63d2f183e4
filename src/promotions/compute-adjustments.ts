import { divideRounded, exponentOf } from '../kernel/index.js'
import { addPieces, type Amounts, buyGetAmounts, type Counted, type Open, standardAmounts } from './amounts.js'
import { afterDiscount, type Undiscounted } from './discount.js'
import { type Adjustment, anyCurrencyParts, type Promotion } from './promotion.js'
import { wireValue } from './render-applied.js'
import { allHold, type Facts } from './rules.js'

/** A line or shipping method before discounts; a method is one piece. */
export interface Discountable extends Undiscounted {
  id: string
  vendorId: string
  quantity: number
  isDiscountable: boolean
  facts: Facts
}

/** Everything that the adjustments of a cart follow from. */
export interface PromotedCart {
  currency: string
  now: Date
  facts: Facts
  lines: readonly Discountable[]
  methods: readonly Discountable[]
  /** Candidates: those that start by themselves, and those whose codes the shopper gave. */
  promotions: readonly Promotion[]
}

/** A discount without an id. */
export type NewAdjustment = Omit<Adjustment, 'id'>

/** Adjustments by the id of their line or method, in the order in which they were taken. */
export interface Adjustments {
  items: ReadonlyMap<string, readonly NewAdjustment[]>
  methods: ReadonlyMap<string, readonly NewAdjustment[]>
}

/**
 * The adjustments of a cart. Promotions are taken one after another, each of what those before it have left: the order
 * does not depend on how the cart came to be (`inOrder`). One that would go beyond its campaign's budget is left out.
 */
export function computeAdjustments(cart: PromotedCart): Adjustments {
  const taken = new Map<string, NewAdjustment[]>()
  const spent = new Map<string, bigint>()
  const counted = { bought: new Map<string, number>(), given: new Map<string, number>() }
  for (const promotion of inOrder(cart.promotions.map((one) => inCurrency(one, cart.currency)))) {
    if (!isOpen(promotion, cart)) continue
    const found = amountsOf(promotion, cart, taken, counted)
    const sum = [...found.amounts.values()].reduce((total, amount) => total + amount, 0n)
    if (sum === 0n || !fitsBudget(promotion, sum, spent)) continue
    addPieces(counted.bought, found.counted.bought)
    addPieces(counted.given, found.counted.given)
    for (const [id, amount] of found.amounts) {
      if (amount > 0n) taken.set(id, [...(taken.get(id) ?? []), adjustmentOf(promotion, amount)])
    }
  }
  const of = (parts: readonly Discountable[]) => new Map(parts.map(({ id }) => [id, taken.get(id) ?? []]))
  return { items: of(cart.lines), methods: of(cart.methods) }
}

/** A fixed amount of every currency as one of this, rounded to what it has. */
function inCurrency(promotion: Promotion, currency: string): Promotion {
  const { value_minor, currency_code } = promotion
  if (value_minor === null || currency_code !== null) return promotion
  const minor = divideRounded(BigInt(value_minor) * 10n ** BigInt(exponentOf(currency)), BigInt(anyCurrencyParts))
  return { ...promotion, value_minor: Number(minor), currency_code: currency }
}

const funderOrder = { vendor: 0, store: 1, platform: 2 }

/**
 * What comes free of a purchase first, then who pays: vendors, whose discounts lower what commission is taken of, then the
 * store, then the platform. Of these, as in Medusa, the one of the highest value first, whatever it is a value of; then
 * what asks for more pieces; then the older.
 */
function inOrder(promotions: readonly Promotion[]): Promotion[] {
  const ranks = (promotion: Promotion) => [
    promotion.type === 'buyget' ? 0 : 1,
    funderOrder[promotion.funder],
    -wireValue(promotion),
    -(promotion.buy_rules_min_quantity ?? 0),
    -(promotion.apply_to_quantity ?? 0),
  ]
  return promotions
    .map((promotion) => ({ promotion, ranks: ranks(promotion) }))
    .sort((one, other) => {
      const at = one.ranks.findIndex((rank, index) => rank !== other.ranks[index])
      if (at === -1) return one.promotion.id < other.promotion.id ? -1 : 1
      return (one.ranks[at] as number) - (other.ranks[at] as number)
    })
    .map(({ promotion }) => promotion)
}

/** Whether a promotion can be used by this cart now, whatever is in it. */
function isOpen(promotion: Promotion, cart: PromotedCart): boolean {
  const { campaign } = promotion
  if (promotion.usage_limit !== null && promotion.used >= promotion.usage_limit) return false
  if (promotion.currency_code !== null && promotion.currency_code !== cart.currency) return false
  if (campaign !== null) {
    const now = cart.now.getTime()
    if (campaign.starts_at !== null && now < Date.parse(campaign.starts_at)) return false
    if (campaign.ends_at !== null && now >= Date.parse(campaign.ends_at)) return false
    if (campaign.budget_currency_code !== null && campaign.budget_currency_code !== cart.currency) return false
  }
  return allHold(promotion.rules, cart.facts, 'cart')
}

/** Counts what this cart takes of its campaigns' budgets. */
function fitsBudget({ campaign }: Promotion, amount: bigint, spent: Map<string, bigint>): boolean {
  if (campaign === null || campaign.budget_limit_minor === null) return true
  const more = campaign.budget_currency_code === null ? 1n : amount
  const sum = (spent.get(campaign.id) ?? BigInt(campaign.budget_used_minor)) + more
  if (sum > BigInt(campaign.budget_limit_minor)) return false
  spent.set(campaign.id, sum)
  return true
}

const nothingCounted: Counted = { bought: new Map(), given: new Map() }

function amountsOf(
  promotion: Promotion,
  cart: PromotedCart,
  taken: ReadonlyMap<string, readonly NewAdjustment[]>,
  before: Counted,
): { amounts: Amounts; counted: Counted } {
  const scope = promotion.target_type === 'shipping_methods' ? 'shipping_methods' : 'items'
  // A vendor pays for discounts on what it sells itself, and for nobody else's.
  const parts = (scope === 'shipping_methods' ? cart.methods : cart.lines).filter(
    (part) => promotion.vendor_id === null || part.vendorId === promotion.vendor_id,
  )
  const base = ({ netMinor, taxMinor }: Pick<Undiscounted, 'netMinor' | 'taxMinor'>) =>
    promotion.is_tax_inclusive ? netMinor + taxMinor : netMinor
  const open = (part: Discountable): Open => ({
    id: part.id,
    quantity: part.quantity,
    wholeMinor: base(part),
    leftMinor: base(afterDiscount(part, taken.get(part.id) ?? [])),
  })
  const targets = parts.filter((part) => part.isDiscountable && allHold(promotion.target_rules, part.facts, scope)).map(open)
  if (targets.length === 0) return { amounts: new Map(), counted: nothingCounted }
  if (promotion.type === 'standard') return { amounts: standardAmounts(promotion, targets), counted: nothingCounted }
  const bought = parts.filter((part) => allHold(promotion.buy_rules, part.facts, scope)).map(open)
  return buyGetAmounts(promotion, bought, targets, before)
}

function adjustmentOf(promotion: Promotion, amount: bigint): NewAdjustment {
  return {
    promotion_id: promotion.id,
    code: promotion.code,
    amount_minor: Number(amount),
    is_tax_inclusive: promotion.is_tax_inclusive,
    funder: promotion.funder,
  }
}
