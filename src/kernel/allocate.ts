export interface AllocateOptions {
  /** Every part is a multiple of this; the total must be too. For currencies whose last digit is not used. */
  quantum?: bigint
  /** No part exceeds its cap. For refunds: what remains of each line. */
  caps?: readonly bigint[]
}

/**
 * Divides a total by weights so that the parts sum to it exactly: everyone's share rounded down, then one quantum more
 * to those with the largest remainder, the first of equals first. The only division of money in the system.
 * @throws RangeError when weights or caps cannot hold the total
 */
export function allocate(total: bigint, weights: readonly bigint[], options: AllocateOptions = {}): bigint[] {
  if (total < 0n) return allocate(-total, weights, options).map((part) => -part)
  const quantum = options.quantum ?? 1n
  if (quantum < 1n || total % quantum !== 0n) throw new RangeError(`${total} is no multiple of ${quantum}`)
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight is negative')
  if (options.caps?.some((cap) => cap < 0n)) throw new RangeError('a cap is negative')
  const caps = options.caps?.map((cap) => cap - (cap % quantum))
  if (caps !== undefined && caps.length !== weights.length) throw new RangeError('caps and weights differ in number')
  const parts = weights.map(() => 0n)
  let left = total
  // Without caps one round is all; a part that reaches its cap leaves the rest to the others.
  while (left > 0n) {
    const open = weights.map((weight, index) => (room(index) > 0n ? weight : 0n))
    const sum = open.reduce((a, b) => a + b, 0n)
    if (sum === 0n) throw new RangeError(`${left} of ${total} has nowhere to go`)
    left -= handOut(left, open, sum)
  }
  return parts

  function room(index: number): bigint {
    return caps === undefined ? total : (caps[index] as bigint) - (parts[index] as bigint)
  }

  function handOut(amount: bigint, open: readonly bigint[], sum: bigint): bigint {
    const units = amount / quantum
    const shares = open.map((weight, index) => {
      const exact = units * weight
      return { index, whole: exact / sum, remainder: exact % sum }
    })
    let spare = units - shares.reduce((total, share) => total + share.whole, 0n)
    const byRemainder = [...shares].sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
    for (const share of byRemainder) {
      if (spare === 0n) break
      if (open[share.index] === 0n) continue
      share.whole += 1n
      spare -= 1n
    }
    let given = 0n
    for (const share of shares) {
      const wanted = share.whole * quantum
      const part = wanted < room(share.index) ? wanted : room(share.index)
      parts[share.index] = (parts[share.index] as bigint) + part
      given += part
    }
    return given
  }
}
