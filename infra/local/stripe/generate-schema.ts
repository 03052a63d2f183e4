import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createGenerator, DefinitionType } from 'ts-json-schema-generator'
import { objectRoots, parameterRoots } from './roots.js'
import type { Schema, SchemaFile } from './schema.js'

// `npm run sim:schema`: what Stripe's objects and parameters look like, out of the typings of the installed SDK. Those
// are made from the specification of the very API version that the SDK sends.

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..')
const prefix = '#/definitions/'

type Definitions = Record<string, Schema>

/** Several types share a name (`Card` is five of them), and the generator wants each name once. */
function nameApart(): void {
  const nameOf = DefinitionType.prototype.getName
  DefinitionType.prototype.getName = function (this: DefinitionType) {
    const hash = createHash('sha256').update(this.getType().getId()).digest('hex').slice(0, 8)
    return `${nameOf.call(this)}~${hash}`
  }
}

/** One type per root, in a file that the generator reads. */
function generate(directory: string): Definitions {
  const roots = [...objectRoots, ...parameterRoots]
  const lines = roots.map((name) => `export interface Root${name.replaceAll('.', '_')} { value: Stripe.${name} }`)
  fs.mkdirSync(directory, { recursive: true })
  fs.writeFileSync(path.join(directory, 'roots.ts'), ["import type Stripe from 'stripe'", ...lines].join('\n'))
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    skipLibCheck: true,
    types: [],
  }
  fs.writeFileSync(path.join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['roots.ts'] }))
  nameApart()
  const generator = createGenerator({
    path: path.join(directory, 'roots.ts'),
    tsconfig: path.join(directory, 'tsconfig.json'),
    type: '*',
    jsDoc: 'none',
    skipTypeCheck: true,
  })
  return generator.createSchema('*').definitions as Definitions
}

const referred = (schema: Schema) => (schema.$ref === undefined ? undefined : decodeURIComponent(schema.$ref.slice(prefix.length)))

/**
 * Leaves out what the simulator never puts in place of an id (`string | Invoice | null` becomes `string | null`), with all
 * that hangs on it.
 */
function withoutExpansions(schema: Schema, all: Definitions, served: ReadonlySet<string>): Schema {
  const walk = (one: Schema) => withoutExpansions(one, all, served)
  const copy: Schema = { ...schema }
  if (schema.anyOf?.some((one) => one.type === 'string')) {
    copy.anyOf = schema.anyOf.filter((one) => {
      const name = referred(one)
      return name === undefined || served.has(name) || all[name]?.properties?.object?.const === undefined
    })
  }
  if (copy.anyOf !== undefined) copy.anyOf = copy.anyOf.map(walk)
  if (copy.items !== undefined) copy.items = walk(copy.items)
  if (typeof copy.additionalProperties === 'object') copy.additionalProperties = walk(copy.additionalProperties)
  if (copy.properties !== undefined) {
    copy.properties = Object.fromEntries(Object.entries(copy.properties).map(([name, one]) => [name, walk(one)]))
  }
  return copy
}

function build(all: Definitions): SchemaFile {
  const rootOf = (name: string) => {
    const holder = Object.entries(all).find(([key]) => key.startsWith(`Root${name.replaceAll('.', '_')}~`))?.[1]
    const found = holder?.properties?.value && referred(holder.properties.value)
    if (found === undefined) throw new Error(`the SDK has no type Stripe.${name}`)
    return found
  }
  const served = new Set(objectRoots.map(rootOf))
  const numbers = new Map<string, string>()
  const definitions: Definitions = {}
  const visit = (name: string): string => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    const number = String(numbers.size)
    numbers.set(name, number)
    definitions[number] = renamed(withoutExpansions(all[name] ?? {}, all, served))
    return number
  }
  const renamed = (value: Schema): Schema =>
    JSON.parse(JSON.stringify(value), (key, inner) =>
      key === '$ref' ? visit(decodeURIComponent(String(inner).slice(prefix.length))) : inner,
    )
  const roots = Object.fromEntries([...objectRoots, ...parameterRoots].map((name) => [name, visit(rootOf(name))]))
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/stripe/package.json'), 'utf8')) as { version: string }
  return { sdk_version: version, roots, definitions }
}

const file = build(generate(path.join(root, '.build', 'stripe-schema')))
const target = path.join(root, 'infra/local/stripe/schema.json.gz')
fs.writeFileSync(target, gzipSync(JSON.stringify(file), { level: 9 }))
console.log(`${Object.keys(file.definitions).length} definitions of stripe ${file.sdk_version}: ${fs.statSync(target).size} bytes`)
