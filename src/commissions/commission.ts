import { applyRateFloor } from '../kernel/index.js'

/** What a store takes of a sale: a rate, an amount per line in one currency, or both. Null dimensions match anything. */
export interface CommissionRule {
  id: string
  vendor_id: string | null
  product_type_id: string | null
  product_category_id: string | null
  rate_ppm: number
  fixed_minor: number
  currency_code: string | null
}

export interface CommissionedLine {
  vendorId: string
  productTypeId: string | null
  categoryIds: readonly string[]
  currency: string
  /** The line without tax. */
  baseMinor: bigint
}

export interface Commission {
  ruleId: string | null
  ratePpm: number
  fixedMinor: bigint
  baseMinor: bigint
  amountMinor: bigint
}

/** The most specific rule that matches: vendor counts most, then category, then type, then a rule for the currency. */
export function ruleFor(rules: readonly CommissionRule[], line: CommissionedLine): CommissionRule | undefined {
  const matching = rules.filter(
    (rule) =>
      (rule.vendor_id === null || rule.vendor_id === line.vendorId) &&
      (rule.product_type_id === null || rule.product_type_id === line.productTypeId) &&
      (rule.product_category_id === null || line.categoryIds.includes(rule.product_category_id)) &&
      (rule.currency_code === null || rule.currency_code === line.currency),
  )
  return matching.sort((a, b) => specificity(b) - specificity(a) || (a.id < b.id ? -1 : 1))[0]
}

function specificity(rule: CommissionRule): number {
  return (
    (rule.vendor_id === null ? 0 : 8) +
    (rule.product_category_id === null ? 0 : 4) +
    (rule.product_type_id === null ? 0 : 2) +
    (rule.currency_code === null ? 0 : 1)
  )
}

/** The commission of a line: rounded down, so that the odd cent is the vendor's, and never more than the line. */
export function commissionFor(rules: readonly CommissionRule[], line: CommissionedLine): Commission {
  const rule = ruleFor(rules, line)
  if (rule === undefined) return { ruleId: null, ratePpm: 0, fixedMinor: 0n, baseMinor: line.baseMinor, amountMinor: 0n }
  const wanted = applyRateFloor(line.baseMinor, rule.rate_ppm) + BigInt(rule.fixed_minor)
  return {
    ruleId: rule.id,
    ratePpm: rule.rate_ppm,
    fixedMinor: BigInt(rule.fixed_minor),
    baseMinor: line.baseMinor,
    amountMinor: wanted < line.baseMinor ? wanted : line.baseMinor,
  }
}
