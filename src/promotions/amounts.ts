import { allocate, divideRounded, ratePpmWhole } from '../kernel/index.js'
import type { Promotion } from './promotion.js'

/** What a promotion may discount of a line, as the promotions before it have left it; minor units. */
export interface Open {
  id: string
  quantity: number
  /** The whole line before discounts: with tax for a promotion whose amounts have the tax in them, else without. */
  wholeMinor: bigint
  /** The same as the promotions before have left it. */
  leftMinor: bigint
}

/** Discounts by line or method. */
export type Amounts = ReadonlyMap<string, bigint>

/** Pieces of a line that a promotion counts. */
export interface Taken {
  open: Open
  pieces: number
}

/**
 * What a standard promotion takes off the lines (or shipping methods) that it is for. `each` discounts every line, of
 * each at most `max_quantity` pieces; `once` the cheapest pieces, `max_quantity` in all; `across`, and an order that says
 * nothing else, divides one amount among all of them.
 */
export function standardAmounts(promotion: Promotion, targets: readonly Open[]): Amounts {
  if (promotion.allocation === 'across' || promotion.allocation === null) return dividedAmounts(promotion, targets)
  if (promotion.allocation === 'each') {
    return amountsOf(
      promotion,
      targets.map((open) => ({ open, pieces: Math.min(open.quantity, promotion.max_quantity ?? open.quantity) })),
    )
  }
  let pieces = promotion.max_quantity ?? 1
  const taken: Taken[] = []
  // What earlier promotions have left nothing of uses up no piece.
  for (const open of targets.filter((one) => one.leftMinor > 0n).sort(byPiece)) {
    if (pieces === 0) break
    const wanted = Math.min(pieces, open.quantity)
    pieces -= wanted
    taken.push({ open, pieces: wanted })
  }
  return amountsOf(promotion, taken)
}

/** One amount for all, divided by what is left of each. */
function dividedAmounts(promotion: Promotion, targets: readonly Open[]): Amounts {
  const left = targets.map((open) => open.leftMinor)
  const sum = left.reduce((total, one) => total + one, 0n)
  const wanted = promotion.method_type === 'fixed' ? BigInt(promotion.value_minor ?? 0) : share(sum, promotion)
  const shares = allocate(wanted < sum ? wanted : sum, left, { caps: left })
  return new Map(targets.map((open, index) => [open.id, shares[index] as bigint]))
}

/** Pieces by line. */
export type Pieces = ReadonlyMap<string, number>
/** Pieces that buy-X-get-Y promotions have counted as bought, and those that they have given. */
export interface Counted {
  bought: Pieces
  given: Pieces
}

/** Each round counts a piece at least; a cart has more pieces than anybody wants to be given one by one. */
const roundsMost = 1_000

/**
 * What a buy-X-get-Y takes off, as Medusa reckons it: round by round, the next `buy_rules_min_quantity` pieces of the
 * dearest lines are bought, and `apply_to_quantity` of the dearest that are left are given, while a whole round can be
 * filled and `max_quantity` is not passed. A piece that was counted is not counted again, nor one that another promotion
 * has counted in the same part.
 */
export function buyGetAmounts(
  promotion: Promotion,
  bought: readonly Open[],
  targets: readonly Open[],
  before: Counted,
): { amounts: Amounts; counted: Counted } {
  const buys = promotion.buy_rules_min_quantity ?? 1
  const gives = promotion.apply_to_quantity ?? 1
  const rounds = Math.min(roundsMost, Math.floor((promotion.max_quantity ?? Number.MAX_SAFE_INTEGER) / gives))
  const buyable = [...bought].sort(dearestFirst)
  const givable = [...targets].sort(dearestFirst)
  const buyLeft = remaining(buyable, before.bought)
  const giveLeft = remaining(givable, before.given)
  const counted = { bought: new Map<string, number>(), given: new Map<string, number>() }
  for (let round = 0; round < rounds; round += 1) {
    const paid = take(buyable, buys, (id) => buyLeft.get(id) ?? 0)
    const free = paid === null ? null : take(givable, gives, (id) => (giveLeft.get(id) ?? 0) - (paid.get(id) ?? 0))
    if (paid === null || free === null) break
    for (const taken of [paid, free]) {
      for (const left of [buyLeft, giveLeft]) for (const [id, pieces] of taken) left.set(id, (left.get(id) ?? 0) - pieces)
    }
    addPieces(counted.bought, paid)
    addPieces(counted.given, free)
  }
  const given = givable.map((open) => ({ open, pieces: counted.given.get(open.id) ?? 0 })).filter(({ pieces }) => pieces > 0)
  return { amounts: amountsOf(promotion, given), counted }
}

function remaining(lines: readonly Open[], before: Pieces): Map<string, number> {
  return new Map(lines.map((open) => [open.id, Math.max(0, open.quantity - (before.get(open.id) ?? 0))]))
}

/** The first `wanted` pieces of the lines; null where there are not so many. */
function take(lines: readonly Open[], wanted: number, leftOf: (id: string) => number): Map<string, number> | null {
  const taken = new Map<string, number>()
  let open = wanted
  for (const { id } of lines) {
    const pieces = Math.min(open, leftOf(id))
    if (pieces <= 0) continue
    taken.set(id, pieces)
    open -= pieces
  }
  return open === 0 ? taken : null
}

/** Adds pieces to those that were counted. */
export function addPieces(sum: Map<string, number>, more: Pieces): void {
  for (const [id, pieces] of more) sum.set(id, (sum.get(id) ?? 0) + pieces)
}

function amountsOf(promotion: Promotion, taken: readonly Taken[]): Amounts {
  return new Map(
    taken.map(({ open, pieces }) => {
      // Of some pieces of a line, what they cost before discounts, as far as the line still has it.
      const cost = open.wholeMinor * BigInt(pieces)
      const left = open.leftMinor * BigInt(open.quantity)
      const base = cost < left ? cost : left
      if (promotion.method_type === 'percentage') return [open.id, share(base, promotion, open.quantity)]
      const wanted = BigInt(promotion.value_minor ?? 0) * BigInt(pieces)
      const most = base / BigInt(open.quantity)
      return [open.id, wanted < most ? wanted : most]
    }),
  )
}

/** The promotion's rate of an amount that is `parts` times too much, rounded once. */
function share(minor: bigint, promotion: Promotion, parts = 1): bigint {
  return divideRounded(minor * BigInt(promotion.value_ppm ?? 0), ratePpmWhole * BigInt(parts))
}

/** The cheapest piece first; of equals the older line. */
function byPiece(one: Open, other: Open): number {
  const difference = one.wholeMinor * BigInt(other.quantity) - other.wholeMinor * BigInt(one.quantity)
  return difference === 0n ? (one.id < other.id ? -1 : 1) : difference < 0n ? -1 : 1
}

/** The dearest line first; of equals the older. */
function dearestFirst(one: Open, other: Open): number {
  if (one.wholeMinor === other.wholeMinor) return one.id < other.id ? -1 : 1
  return one.wholeMinor > other.wholeMinor ? -1 : 1
}
