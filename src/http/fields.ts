import { invalidData, limits } from '../kernel/index.js'

/**
 * Which fields a route answers by default and on request (Store API contract, `fields`). Exact paths: `title`,
 * `type.value`; `type.*` stands for all columns of a relation. Nothing outside these lists is ever answered: the
 * allow-list is the boundary, not the query.
 */
export interface FieldsPolicy {
  readonly defaults: readonly string[]
  readonly extra?: readonly string[]
  /** Relations that one path may go through. */
  readonly relationsLimit?: 3 | 4
  /** Added together as soon as one field ending in `total` is asked for. */
  readonly totals?: readonly string[]
  /** Answered even to a list of fields that replaces the defaults. */
  readonly always?: readonly string[]
  /** Relations that come with whatever they are part of, asked for or not. */
  readonly inseparable?: readonly string[]
}

interface Node {
  all: boolean
  fields: Set<string>
  children: Map<string, Node>
}

/** What to answer: asked for `has(path)` before loading, and for `project` after. */
export interface FieldTree {
  has(path: string): boolean
  /** True when the caller's list replaced the defaults. */
  readonly replaced: boolean
  /** A stable text of the choice, for caches. */
  readonly key: string
  project<T>(entity: T): unknown
}

const defaultRelationsLimit = 3
const treesKept = 200
const primaryKeys = ['id', 'iso_2', 'code']

interface Compiled {
  policy: FieldsPolicy
  allowed: Set<string>
  relations: Map<string, Set<string>>
  standard: FieldTree
  byText: Map<string, FieldTree>
}

const compiledPolicies = new WeakMap<FieldsPolicy, Compiled>()

/**
 * Resolves `?fields=` against a route's policy.
 * @throws invalid_data when a path goes through too many relations
 */
export function fieldTree(policy: FieldsPolicy, text: string | undefined): FieldTree {
  const compiled = compile(policy)
  if (text === undefined || text.trim() === '') return compiled.standard
  const known = compiled.byText.get(text)
  if (known !== undefined) return known
  if (text.length > limits.fieldsParameter_characters) throw invalidData('Invalid request: fields is too long')
  const tree = resolve(compiled, text)
  if (compiled.byText.size >= treesKept) compiled.byText.delete(compiled.byText.keys().next().value as string)
  compiled.byText.set(text, tree)
  return tree
}

function compile(policy: FieldsPolicy): Compiled {
  const known = compiledPolicies.get(policy)
  if (known !== undefined) return known
  const allowed = new Set([...policy.defaults, ...(policy.extra ?? [])])
  const relations = new Map<string, Set<string>>([['', new Set()]])
  for (const path of allowed) {
    const parts = path.split('.')
    for (let depth = 1; depth < parts.length; depth += 1) {
      const parent = parts.slice(0, depth - 1).join('.')
      const relation = parts.slice(0, depth).join('.')
      const names = relations.get(parent) ?? new Set()
      names.add(parts[depth - 1] as string)
      relations.set(parent, names)
      if (!relations.has(relation)) relations.set(relation, new Set())
    }
  }
  const compiled: Compiled = { policy, allowed, relations, byText: new Map() } as unknown as Compiled
  const root = newNode()
  for (const path of policy.defaults) addPath(root, path)
  compiled.standard = treeOf(compiled, root, false, 'default')
  compiledPolicies.set(policy, compiled)
  return compiled
}

function newNode(): Node {
  return { all: false, fields: new Set(), children: new Map() }
}

function addPath(root: Node, path: string): void {
  const parts = path.split('.')
  const last = parts.pop() as string
  let node = root
  for (const part of parts) {
    let child = node.children.get(part)
    if (child === undefined) {
      child = newNode()
      node.children.set(part, child)
    }
    node = child
  }
  if (last === '*') node.all = true
  else node.fields.add(last)
}

function removePath(root: Node, path: string): void {
  const parts = path.split('.')
  const last = parts.pop() as string
  let node: Node | undefined = root
  for (const part of parts) node = node?.children.get(part)
  node?.fields.delete(last)
  node?.children.delete(last)
}

interface Part {
  modifier: '' | '+' | '-' | '*'
  path: string
}

function parse(text: string): Part[] {
  const parts: Part[] = []
  for (const piece of text.split(',')) {
    const part = piece.trim()
    if (part === '') continue
    const marked = '+-*'.includes(part[0] as string)
    const name = marked ? part.slice(1).trim() : part
    const starred = part[0] === '*' || name.startsWith('*') || name.endsWith('.*')
    const path = name.replace(/^\*|\.\*$/g, '')
    if (part[0] === '-') parts.push({ modifier: '-', path })
    else if (starred) parts.push({ modifier: '*', path })
    // A leading space is a plus that was not encoded, or what clients put behind their commas.
    else parts.push({ modifier: marked || piece.startsWith(' ') ? '+' : '', path })
  }
  return parts
}

function resolve(compiled: Compiled, text: string): FieldTree {
  const parts = parse(text)
  refuseTooDeep(compiled.policy, parts)
  const replaced = parts.some((part) => part.modifier === '')
  const root = newNode()
  if (!replaced) for (const path of compiled.policy.defaults) addPath(root, path)
  for (const part of parts) {
    if (part.modifier === '-' && !replaced) removePath(root, part.path)
    else add(compiled, root, part.path)
  }
  if (replaced) for (const path of compiled.policy.always ?? []) addPath(root, path)
  addTotals(compiled.policy, root)
  return treeOf(compiled, root, replaced, text)
}

/** Adds a path if the list allows it; a relation brings the columns that the list gives it. Anything else is dropped. */
function add(compiled: Compiled, root: Node, path: string): void {
  if (compiled.allowed.has(`${path}.*`)) {
    addPath(root, `${path}.*`)
    for (const part of compiled.policy.inseparable ?? []) if (part.slice(0, part.lastIndexOf('.')) === path) addPath(root, `${part}.*`)
    return
  }
  if (compiled.relations.has(path) && path !== '') {
    for (const allowed of compiled.allowed) {
      const rest = allowed.startsWith(`${path}.`) ? allowed.slice(path.length + 1) : ''
      if (rest !== '' && !rest.includes('.')) addPath(root, allowed)
    }
    return
  }
  if (compiled.allowed.has(path)) return addPath(root, path)
  // A column of a relation, or of the thing itself, that is allowed as a whole.
  const at = path.lastIndexOf('.')
  if (path !== '' && compiled.allowed.has(at > 0 ? `${path.slice(0, at)}.*` : '*')) return addPath(root, path)
  // What a column holds cannot be told apart: whoever asks for part of it is given it.
  if (at > 0) addColumnOf(compiled, root, path.slice(0, at))
}

function addColumnOf(compiled: Compiled, root: Node, path: string): void {
  if (compiled.allowed.has(path) && !compiled.relations.has(path)) return addPath(root, path)
  const at = path.lastIndexOf('.')
  if (at > 0) addColumnOf(compiled, root, path.slice(0, at))
}

function refuseTooDeep(policy: FieldsPolicy, parts: readonly Part[]): void {
  const limit = policy.relationsLimit ?? defaultRelationsLimit
  const tooDeep = parts.filter((part) => part.path.split('.').length - (part.modifier === '*' ? 0 : 1) > limit)
  if (tooDeep.length === 0) return
  const paths = tooDeep.map((part) => part.path).join(', ')
  throw invalidData(`The following fields expand more than the maximum of ${limit} allowed relations: ${paths}`)
}

function addTotals(policy: FieldsPolicy, root: Node): void {
  if (policy.totals === undefined || !asksForTotal(root)) return
  for (const path of policy.totals) {
    const [relation, field] = path.split('.')
    if (field === undefined) root.fields.add(path)
    else root.children.get(relation as string)?.fields.add(field)
  }
}

function asksForTotal(node: Node): boolean {
  for (const field of node.fields) if (field.endsWith('total')) return true
  for (const child of node.children.values()) if (asksForTotal(child)) return true
  return false
}

type Projector = (entity: Record<string, unknown>) => Record<string, unknown>

function treeOf(compiled: Compiled, root: Node, replaced: boolean, key: string): FieldTree {
  const projector = projectorOf(compiled, root, '')
  return {
    replaced,
    key,
    has: (path) => selected(compiled, root, path.split('.')),
    project: (entity) => projectValue(projector, entity),
  }
}

/** All columns of a relation are not the relations beyond it, which are asked for by name. */
function selected(compiled: Compiled, root: Node, parts: string[]): boolean {
  let node: Node = root
  for (const [index, part] of parts.entries()) {
    const child = node.children.get(part)
    if (child === undefined) {
      const isColumn = compiled.relations.get(parts.slice(0, index).join('.'))?.has(part) !== true
      return index === parts.length - 1 && (node.fields.has(part) || (node.all && isColumn))
    }
    node = child
  }
  return true
}

/** Compiles a node into a function once, so that a list of 100 pays for its shape once. */
function projectorOf(compiled: Compiled, node: Node, path: string): Projector {
  const children = [...node.children].map(
    ([name, child]) => [name, projectorOf(compiled, child, path === '' ? name : `${path}.${name}`)] as const,
  )
  const relations = compiled.relations.get(path) ?? new Set<string>()
  const fields = [...new Set([...primaryKeys, ...node.fields])].filter((name) => !node.children.has(name))
  return (entity) => {
    const result: Record<string, unknown> = {}
    if (node.all) {
      for (const name in entity) if (!relations.has(name)) result[name] = leaf(name, entity[name])
    } else {
      for (const name of fields) if (entity[name] !== undefined) result[name] = leaf(name, entity[name])
    }
    for (const [name, project] of children) {
      const value = entity[name]
      if (value !== undefined) result[name] = projectValue(project, value)
    }
    return result
  }
}

/** A column as it is answered. Moments are told alike, whether JavaScript wrote them or PostgreSQL, which puts an offset behind them. */
function leaf(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !name.endsWith('_at') || !value.endsWith('+00:00')) return value
  const [seconds = '', fraction = ''] = value.slice(0, -'+00:00'.length).split('.')
  return `${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}

function projectValue(projector: Projector, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => projectValue(projector, entry))
  if (value === null || typeof value !== 'object') return value
  return projector(value as Record<string, unknown>)
}
