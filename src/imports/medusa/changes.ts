import { isDeepStrictEqual } from 'node:util'
import type { Body, BodyPrice, BodyVariant } from './bodies.js'
import type { FileOption } from './read-file.js'

/** A product as it is, in the wire shape that staff read. */
export interface CurrentProduct {
  images?: { id: string; url: string }[]
  categories?: { id: string }[]
  tags?: { id: string }[]
  sales_channels?: { id: string }[]
  options?: { title: string; values: { value: string }[] }[]
  variants?: CurrentVariant[]
  [field: string]: unknown
}

interface CurrentVariant {
  id: string
  sku: string | null
  options?: { value: string; option: { title: string } }[]
  prices?: (BodyPrice & { rules: Record<string, unknown> })[]
  [field: string]: unknown
}

/** What a file changes of a product; null where it says what is there already. */
export interface Changes {
  body: Body | null
  /** Options with values that the product lacks. */
  options: { title: string; values: string[] }[]
}

const lists = ['categories', 'tags', 'sales_channels'] as const

/**
 * The part of a body that is not so already. A file that was exported and comes back unchanged so changes nothing, and what it
 * has no column for (pieces that a price asks for, pictures' own ids) stays.
 * @param publicUrl what our own pictures' addresses begin with: they are kept without it
 */
export function changesOf(current: CurrentProduct, body: Body, options: readonly FileOption[], publicUrl: string): Changes {
  const { categories: _c, tags: _t, sales_channels: _s, images, variants = [], ...fields } = body
  const changes: Body = changedFields(current, fields, publicUrl)
  for (const list of lists) {
    if (body[list] !== undefined && !isSameSet(body[list], current[list] ?? [])) changes[list] = body[list]
  }
  const pictures = images === undefined ? undefined : changedImages(current.images ?? [], images, publicUrl)
  if (pictures !== undefined) changes.images = pictures
  const patches = variantPatches(current.variants ?? [], variants, publicUrl)
  if (patches.length > 0) changes.variants = patches
  return { body: Object.keys(changes).length === 0 ? null : changes, options: missingValues(current, options) }
}

const within = (url: string, publicUrl: string) => (url.startsWith(`${publicUrl}/files/`) ? url.slice(publicUrl.length) : url)

function changedFields(current: Record<string, unknown>, fields: Record<string, unknown>, publicUrl: string): Record<string, unknown> {
  const changed = Object.entries(fields).filter(([name, value]) => !isSame(current[name] ?? null, value))
  return Object.fromEntries(
    changed.map(([name, value]) => [name, name === 'thumbnail' && typeof value === 'string' ? within(value, publicUrl) : value]),
  )
}

/** Cells are read without the space around them; metadata is merged, so that what it holds besides is no difference. */
function isSame(now: unknown, given: unknown): boolean {
  if (typeof now === 'string') return now === given || now.trim() === given
  if (typeof given !== 'object' || given === null) return now === given
  const held = (now ?? {}) as Record<string, unknown>
  return Object.entries(given).every(([key, value]) => isDeepStrictEqual(held[key], value))
}

function isSameSet(a: readonly { id: string }[], b: readonly { id: string }[]): boolean {
  const ids = new Set(b.map(({ id }) => id))
  return ids.size === new Set(a.map(({ id }) => id)).size && a.every(({ id }) => ids.has(id))
}

/** Pictures that stay keep their ids, and with them the variants that show them. */
function changedImages(
  current: readonly { id: string; url: string }[],
  wanted: readonly { url: string }[],
  publicUrl: string,
): Body['images'] | undefined {
  const urls = [...new Set(current.map(({ url }) => url))]
  if (
    isDeepStrictEqual(
      urls,
      wanted.map(({ url }) => url),
    )
  )
    return undefined
  return wanted.map(({ url }) => {
    const id = current.find((image) => image.url === url)?.id
    return { url: within(url, publicUrl), ...(id === undefined ? {} : { id }) }
  })
}

const optionsOf = (variant: CurrentVariant) => Object.fromEntries((variant.options ?? []).map(({ value, option }) => [option.title, value]))

/** Which variant of the product each is: the one of its id, else the one with its SKU, else the one with its options. */
function matched(current: readonly CurrentVariant[], variants: readonly BodyVariant[]): Map<BodyVariant, CurrentVariant> {
  const free = new Set(current)
  const found = new Map<BodyVariant, CurrentVariant>()
  const suits: ((given: BodyVariant, variant: CurrentVariant) => boolean)[] = [
    (given, variant) => given.id === variant.id,
    (given, variant) => given.id === undefined && given.sku !== undefined && given.sku === variant.sku,
    (given, variant) => given.id === undefined && given.options !== undefined && isDeepStrictEqual(given.options, optionsOf(variant)),
  ]
  for (const suit of suits) {
    for (const given of variants) {
      if (found.has(given)) continue
      const match = [...free].find((variant) => suit(given, variant))
      if (match === undefined) continue
      found.set(given, match)
      free.delete(match)
    }
  }
  return found
}

function variantPatches(current: readonly CurrentVariant[], variants: readonly BodyVariant[], publicUrl: string): BodyVariant[] {
  const known = matched(current, variants)
  return variants.flatMap((given) => {
    const now = known.get(given)
    if (now === undefined) return [given.id === undefined ? { prices: [], ...given } : given]
    const { id: _id, options, prices, ...fields } = given
    const patch: BodyVariant = changedFields(now, fields, publicUrl)
    if (options !== undefined && !isSame(optionsOf(now), options)) patch.options = options
    const changed = prices === undefined ? undefined : changedPrices(now.prices ?? [], prices)
    if (changed !== undefined) patch.prices = changed
    return Object.keys(patch).length === 0 ? [] : [{ ...patch, id: now.id }]
  })
}

const placeOf = ({ currency_code, min_quantity, max_quantity, rules }: BodyPrice) =>
  JSON.stringify([currency_code, min_quantity ?? null, max_quantity ?? null, Object.entries(rules ?? {}).sort()])

/** All prices in the currencies that a file changes: those it has no column for go along, since what is given is all there is. */
function changedPrices(current: readonly BodyPrice[], given: readonly BodyPrice[]): BodyPrice[] | undefined {
  const byPlace = new Map(current.map((price) => [placeOf(price), price]))
  const changed = given.filter((price) => {
    const now = byPlace.get(placeOf(price))
    const compared = price.compare_at_amount === undefined || price.compare_at_amount === (now?.compare_at_amount ?? null)
    return now === undefined || now.amount !== price.amount || !compared
  })
  if (changed.length === 0) return undefined
  for (const price of changed) byPlace.set(placeOf(price), { ...byPlace.get(placeOf(price)), ...price })
  const currencies = new Set(changed.map((price) => price.currency_code))
  return [...byPlace.values()]
    .filter((price) => currencies.has(price.currency_code))
    .map(({ currency_code, amount, compare_at_amount, min_quantity, max_quantity, rules }) => ({
      currency_code,
      amount,
      compare_at_amount: compare_at_amount ?? null,
      min_quantity: min_quantity ?? null,
      max_quantity: max_quantity ?? null,
      rules: rules ?? {},
    }))
}

function missingValues(current: CurrentProduct, options: readonly FileOption[]): Changes['options'] {
  return options.flatMap(({ title, values }) => {
    const has = new Set(current.options?.find((option) => option.title === title)?.values.map(({ value }) => value))
    const missing = values.filter((value) => !has.has(value))
    return missing.length === 0 ? [] : [{ title, values: missing }]
  })
}
