import { allocate, divideRounded, ratePpmWhole } from '../kernel/index.js'
import type { Promotion } from './promotion.js'

/** What a promotion may discount of a line, as the promotions before it have left it; minor units. */
export interface Open {
  id: string
  quantity: number
  /** What is left of the whole line: with tax for a promotion whose amounts have the tax in them, else without. */
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
 * each at most `max_quantity` pieces; `once` the cheapest pieces, `max_quantity` in all; `across` divides one amount
 * among all of them.
 */
export function standardAmounts(promotion: Promotion, targets: readonly Open[]): Amounts {
  if (promotion.target_type === 'order' || promotion.allocation === 'across') return dividedAmounts(promotion, targets)
  if (promotion.allocation === 'each') {
    return amountsOf(
      promotion,
      targets.map((open) => ({ open, pieces: Math.min(open.quantity, promotion.max_quantity ?? open.quantity) })),
    )
  }
  let pieces = promotion.max_quantity ?? 1
  const taken: Taken[] = []
  for (const open of [...targets].sort(byPiece)) {
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
  const wanted = promotion.method_type === 'fixed' ? BigInt(promotion.value_minor ?? 0) : share(sum, promotion, 1, 1)
  const shares = allocate(wanted < sum ? wanted : sum, left, { caps: left })
  return new Map(targets.map((open, index) => [open.id, shares[index] as bigint]))
}

/**
 * What a buy-X-get-Y takes off: as often as the pieces suffice, `apply_to_quantity` pieces of the targets for every
 * `buy_rules_min_quantity` bought, at most `max_quantity` of them. A piece is bought or given, never both; the dearest
 * are bought and the cheapest given.
 */
export function buyGetAmounts(promotion: Promotion, bought: readonly Open[], targets: readonly Open[]): Amounts {
  const buys = promotion.buy_rules_min_quantity ?? 1
  const gives = promotion.apply_to_quantity ?? 1
  const isBought = new Set(bought.map((open) => open.id))
  const isTarget = new Set(targets.map((open) => open.id))
  const shared = piecesOf(targets.filter((open) => isBought.has(open.id)))
  const onlyBought = piecesOf(bought.filter((open) => !isTarget.has(open.id)))
  const onlyTargets = piecesOf(targets) - shared
  const times = Math.floor(
    Math.min(
      (onlyBought + shared) / buys,
      (onlyTargets + shared) / gives,
      (onlyBought + shared + onlyTargets) / (buys + gives),
      (promotion.max_quantity ?? Number.MAX_SAFE_INTEGER) / gives,
    ),
  )
  if (times === 0) return new Map()
  let wanted = times * gives
  let sharedLeft = shared - Math.max(0, times * buys - onlyBought)
  const taken: Taken[] = []
  for (const open of [...targets].sort(byPiece)) {
    const pieces = Math.min(wanted, open.quantity, isBought.has(open.id) ? sharedLeft : open.quantity)
    if (pieces === 0) continue
    if (isBought.has(open.id)) sharedLeft -= pieces
    wanted -= pieces
    taken.push({ open, pieces })
  }
  return amountsOf(promotion, taken)
}

function amountsOf(promotion: Promotion, taken: readonly Taken[]): Amounts {
  return new Map(
    taken.map(({ open, pieces }) => {
      // Of some pieces of a line, what is left of the line in proportion, rounded down: the rest is not theirs.
      const left = (open.leftMinor * BigInt(pieces)) / BigInt(open.quantity)
      const wanted =
        promotion.method_type === 'fixed'
          ? BigInt(promotion.value_minor ?? 0) * BigInt(pieces)
          : share(open.leftMinor, promotion, pieces, open.quantity)
      return [open.id, wanted < left ? wanted : left]
    }),
  )
}

/** The promotion's rate of some pieces of an amount, rounded once. */
function share(minor: bigint, promotion: Promotion, pieces: number, quantity: number): bigint {
  return divideRounded(minor * BigInt(promotion.value_ppm ?? 0) * BigInt(pieces), ratePpmWhole * BigInt(quantity))
}

const piecesOf = (lines: readonly Open[]) => lines.reduce((total, open) => total + open.quantity, 0)

/** The cheapest piece first; of equals the older line. */
function byPiece(one: Open, other: Open): number {
  const difference = one.leftMinor * BigInt(other.quantity) - other.leftMinor * BigInt(one.quantity)
  return difference === 0n ? (one.id < other.id ? -1 : 1) : difference < 0n ? -1 : 1
}
