import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { objectRoots, parameterRoots } from './roots.js'

/** The part of JSON Schema that TypeScript's types come out as. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

/** What infra/local/stripe/schema.json.gz holds; a `$ref` in it is a key of `definitions`. */
export interface SchemaFile {
  sdk_version: string
  roots: Record<string, string>
  definitions: Record<string, Schema>
}

export type SchemaName = (typeof objectRoots)[number] | (typeof parameterRoots)[number]

export interface Violation {
  kind: 'unknown' | 'missing' | 'invalid'
  /** Names on the way to it. */
  path: string[]
  expected: string
}

const location = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../../infra/local/stripe/schema.json.gz')
let loaded: SchemaFile | undefined

export function schemaFile(): SchemaFile {
  loaded ??= JSON.parse(gunzipSync(fs.readFileSync(location)).toString()) as SchemaFile
  return loaded
}

function resolve(schema: Schema): Schema {
  let current = schema
  while (current.$ref !== undefined) current = schemaFile().definitions[current.$ref] ?? {}
  return current
}

function rootSchema(name: SchemaName): Schema {
  const reference = schemaFile().roots[name]
  if (reference === undefined) throw new Error(`schema.json.gz has no ${name}: run npm run sim:schema`)
  return resolve({ $ref: reference })
}

/**
 * The object with every property that its type requires: those that are not given are null where null is allowed, empty
 * otherwise, to any depth. An update of the SDK that adds a property is thereby followed without a change here.
 */
export function filled<T extends Record<string, unknown>>(name: SchemaName, fields: T): T {
  return fill(rootSchema(name), fields) as T
}

function fill(unresolved: Schema, value: unknown): unknown {
  const schema = resolve(unresolved)
  if (typeof value !== 'object' || value === null) return value
  if (schema.anyOf !== undefined) {
    const meant = schema.anyOf.map(resolve).find((one) => one.type === (Array.isArray(value) ? 'array' : 'object'))
    return meant === undefined ? value : fill(meant, value)
  }
  if (Array.isArray(value)) return value.map((item) => fill(schema.items ?? {}, item))
  const { properties = {}, required = [] } = schema
  const missing = required.filter((property) => !(property in value)).map((property) => [property, emptyOf(properties[property] ?? {})])
  const given = Object.entries(value).map(([property, inner]) => [property, fill(properties[property] ?? {}, inner)])
  return Object.fromEntries([...given, ...missing])
}

function emptyOf(unresolved: Schema): unknown {
  const schema = resolve(unresolved)
  if ('const' in schema) return schema.const
  if (schema.enum !== undefined) return schema.enum.includes(null) ? null : schema.enum[0]
  if (schema.anyOf !== undefined) {
    const none = schema.anyOf.some((one) => resolve(one).type === 'null')
    return none ? null : emptyOf(schema.anyOf[0] ?? {})
  }
  const types = [schema.type ?? 'object'].flat()
  if (types.includes('null')) return null
  if (types[0] === 'array') return []
  if (types[0] === 'string') return ''
  if (types[0] === 'boolean') return false
  if (types[0] === 'number') return 0
  return Object.fromEntries((schema.required ?? []).map((name) => [name, emptyOf(schema.properties?.[name] ?? {})]))
}

interface Checked {
  value: unknown
  violations: Violation[]
}

/** Checks an answer. */
export function violationsOf(name: SchemaName, value: unknown): Violation[] {
  return check(rootSchema(name), value, [], false).violations
}

/** Checks parameters, and makes numbers, booleans and arrays of what a form can only say as text. */
export function readParameters(name: SchemaName, value: unknown, fromForm: boolean): Checked {
  return check(rootSchema(name), value, [], fromForm)
}

function check(unresolved: Schema, value: unknown, at: string[], coerce: boolean): Checked {
  const schema = resolve(unresolved)
  if (schema.anyOf !== undefined) return checkAny(schema.anyOf, value, at, coerce)
  const invalid = (expected: string): Checked => ({ value, violations: [{ kind: 'invalid', path: at, expected }] })
  if ('const' in schema)
    return same(value, schema.const, coerce) ? { value: schema.const, violations: [] } : invalid(JSON.stringify(schema.const))
  if (schema.enum !== undefined) {
    const found = schema.enum.find((one) => same(value, one, coerce))
    return found === undefined ? invalid(`one of ${schema.enum.join(', ')}`) : { value: found, violations: [] }
  }
  const types = [schema.type].flat().filter((type) => type !== undefined)
  if (types.length === 0) return { value, violations: [] }
  for (const type of types) {
    const read = readAs(type, value, coerce)
    if (read === undefined) continue
    if (type === 'object') return checkObject(schema, read as Record<string, unknown>, at, coerce)
    if (type === 'array') return checkArray(schema, read as unknown[], at, coerce)
    return { value: read, violations: [] }
  }
  return invalid(types.join(' or '))
}

const same = (value: unknown, wanted: unknown, coerce: boolean) => value === wanted || (coerce && String(wanted) === value)

/** The value as that type, or undefined when it is none. */
function readAs(type: string, value: unknown, coerce: boolean): unknown {
  if (type === 'null') return value === null ? null : undefined
  if (type === 'array') {
    if (Array.isArray(value)) return value
    return coerce && typeof value === 'object' && value !== null && Object.keys(value).every((key) => /^\d+$/.test(key))
      ? Object.values(value)
      : undefined
  }
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  if (type === typeof value) return value
  if (!coerce || typeof value !== 'string') return undefined
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : undefined
  return undefined
}

/** Of several types the one whose complaint lies deepest is the one that was meant. */
function checkAny(choices: readonly Schema[], value: unknown, at: string[], coerce: boolean): Checked {
  let nearest: Checked | undefined
  const depth = (checked: Checked | undefined) => Math.max(-1, ...(checked?.violations ?? []).map((one) => one.path.length))
  for (const choice of choices) {
    const checked = check(choice, value, at, coerce)
    if (checked.violations.length === 0) return checked
    if (depth(checked) > depth(nearest)) nearest = checked
  }
  return nearest ?? { value, violations: [] }
}

function checkArray(schema: Schema, items: readonly unknown[], at: string[], coerce: boolean): Checked {
  const checked = items.map((item, index) => check(schema.items ?? {}, item, [...at, String(index)], coerce))
  return { value: checked.map((one) => one.value), violations: checked.flatMap((one) => one.violations) }
}

function checkObject(schema: Schema, object: Record<string, unknown>, at: string[], coerce: boolean): Checked {
  const violations: Violation[] = []
  const value: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(object)) {
    if (inner === undefined) continue
    const property = schema.properties?.[name] ?? schema.additionalProperties ?? true
    if (property === false) violations.push({ kind: 'unknown', path: [...at, name], expected: 'nothing' })
    const checked = typeof property === 'object' ? check(property, inner, [...at, name], coerce) : { value: inner, violations: [] }
    value[name] = checked.value
    violations.push(...checked.violations)
  }
  for (const name of schema.required ?? []) {
    if (object[name] === undefined) violations.push({ kind: 'missing', path: [...at, name], expected: 'a value' })
  }
  return { value, violations }
}
