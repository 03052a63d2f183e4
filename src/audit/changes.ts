import { isDeepStrictEqual } from 'node:util'

export type Json = Record<string, unknown>

/** What differs between two states of an object, on either side; null for nothing, or where it was not there. */
export function changesBetween(before: Json | null, after: Json | null): { before: Json | null; after: Json | null } {
  if (before === null || after === null) return { before, after }
  const left: Json = {}
  const right: Json = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[name] ?? null, after[name] ?? null]
    if (isDeepStrictEqual(a, b)) continue
    const below = isObject(a) && isObject(b) ? changesBetween(a, b) : { before: a, after: b }
    // What is null on one side and missing on the other is no difference, at any depth.
    if (below.before === null && below.after === null) continue
    left[name] = below.before
    right[name] = below.after
  }
  const isEmpty = Object.keys(left).length === 0
  return { before: isEmpty ? null : left, after: isEmpty ? null : right }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
