import qs from 'qs'
import { invalidData, limits } from '../kernel/index.js'

/**
 * A query string as Medusa's clients write it (Store API contract, headers): `id[0]=a`, `id[]=a`, nested keys,
 * `$and[0][…]`, and dotted keys of two levels. A one-element array whose value has commas is split.
 * @throws invalid_data for keys nested deeper than two by dots, or more parameters than anyone needs
 */
export function parseQuery(text: string): Record<string, unknown> {
  if (text === '') return {}
  let parsed: Record<string, unknown>
  try {
    parsed = qs.parse(text, {
      depth: 8,
      arrayLimit: limits.idsInFilter,
      parameterLimit: 1_000,
      plainObjects: false,
      strictDepth: true,
    })
  } catch {
    throw invalidData('Invalid request: the query string is nested too deeply')
  }
  return text.includes('.') || text.includes('%5B') || text.includes('[') ? tidy(parsed) : parsed
}

function tidy(parsed: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(parsed)) {
    const parts = key.startsWith('$') ? [key] : key.split('.')
    // qs leaves such keys out where it parses; dotted ones are ours to refuse, or their values would show as inherited.
    if (parts.includes('__proto__')) throw invalidData('Invalid request: a key cannot be __proto__')
    if (parts.length > 2) throw invalidData(`Invalid request: the key ${key.slice(0, 100)} is nested too deeply`)
    const [first, second] = parts as [string, string | undefined]
    if (second === undefined) result[first] = splitSingle(value)
    else result[first] = { ...(isObject(result[first]) ? result[first] : {}), [second]: splitSingle(value) }
  }
  return result
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function splitSingle(value: unknown): unknown {
  const only = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : undefined
  return typeof only === 'string' && only.includes(',') ? only.split(',') : value
}
