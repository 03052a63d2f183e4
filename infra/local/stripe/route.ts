import type { Call } from './call.js'
import { refused } from './errors.js'
import type { StripeObject } from './objects.js'
import { listOf, presented } from './present.js'
import type { SchemaName } from './schema.js'

export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  /** Each `:` stands for one id. */
  path: string
  /** The type of its parameters; without one it takes none. */
  takes?: SchemaName
  /** Where a browser may ask, with the publishable key. */
  browser?: boolean
  run: (call: Call, ...ids: string[]) => Record<string, unknown>
}

const limitMax = 100
export const limitDefault = 10

export type Matches = (call: Call, object: StripeObject) => boolean

/** Equal to every parameter of that name. */
export const by =
  (...names: string[]): Matches =>
  ({ parameters }, object) =>
    names.every((name) => parameters[name] === undefined || parameters[name] === object[name])

/** Newest first, page by page, filtered by creation and by whatever `matches` says. */
export function list(kind: string, path: string, matches: Matches): Route['run'] {
  return (call) => {
    const { account, parameters } = call
    const limit = (parameters.limit as number | undefined) ?? limitDefault
    if (limit < 1 || limit > limitMax)
      throw refused(`This value must be between 1 and ${limitMax}.`, { code: 'parameter_invalid_integer', param: 'limit' })
    let found = account.all(kind).filter((object) => createdWithin(object, parameters.created) && matches(call, object))
    const position = (id: unknown, parameter: string) => {
      account.get(kind, String(id), parameter)
      return found.findIndex((object) => object.id === id)
    }
    if (parameters.starting_after !== undefined) found = found.slice(0, position(parameters.starting_after, 'starting_after'))
    if (parameters.ending_before !== undefined) {
      found = found.slice(position(parameters.ending_before, 'ending_before') + 1)
      const page = listOf(account, found.slice(0, limit), path, limit)
      return { ...page, has_more: found.length > limit }
    }
    return { ...listOf(account, found, path, limit) }
  }
}

type Range = { gt?: number; gte?: number; lt?: number; lte?: number }

function createdWithin(object: StripeObject, range: unknown): boolean {
  if (range === undefined) return true
  const created = object.created as number
  if (typeof range === 'number') return created === range
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = range as Range
  return created > gt && created >= gte && created < lt && created <= lte
}

export const retrieve =
  (kind: string): Route['run'] =>
  ({ account }, id) =>
    presented(account, account.get(kind, id as string))

/** What `run` returns, as it is shown. */
export const shown =
  (run: (call: Call, id: string) => StripeObject): Route['run'] =>
  (call, id) =>
    presented(call.account, run(call, id as string))
