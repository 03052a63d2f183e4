/** A source as the rules see it. */
export interface Source {
  /** From the root, with slashes. */
  path: string
  text: string
}

export interface Rule {
  /** What holds, as the test's name. */
  name: string
  /** Where the source breaks it: a line number and what stands there. */
  check(source: Source): string[]
  /** A source that breaks it, so that the rule is known to be able to fail. */
  offence: Source
}

const inSource = (source: Source) => source.path.startsWith('src/')
const inMigration = (source: Source) => source.path.startsWith('migrations/')

/** Every match as `line: text`. The pattern must be global. */
function places(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => `${lineOf(text, match.index)}: ${match[0].trim().split('\n')[0]}`)
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** A call's source text from its name to its closing bracket; strings and templates may hold brackets. */
export function calls(text: string, name: string): { at: number; call: string }[] {
  const found: { at: number; call: string }[] = []
  for (const match of text.matchAll(new RegExp(`(?<![\\w.]|function )${name}(?:<[^(]*?>)?\\(`, 'g'))) {
    found.push({ at: match.index, call: text.slice(match.index, endOfCall(text, match.index + match[0].length)) })
  }
  return found
}

function endOfCall(text: string, from: number): number {
  let depth = 1
  for (let index = from; index < text.length; index += 1) {
    const character = text[index] as string
    if ('\'"`'.includes(character)) index = endOfQuote(text, index)
    else if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    if (depth === 0) return index + 1
  }
  return text.length
}

/** Index of the quote that ends the string or template beginning at `from`, whatever `${…}` holds. */
function endOfQuote(text: string, from: number): number {
  const quote = text[from]
  for (let index = from + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (quote === '`' && text.startsWith('${', index)) index = endOfPlaceholder(text, index + 2)
    else if (text[index] === quote) return index
  }
  return text.length
}

function endOfPlaceholder(text: string, from: number): number {
  let depth = 1
  for (let index = from; index < text.length; index += 1) {
    const character = text[index] as string
    if ('\'"`'.includes(character)) index = endOfQuote(text, index)
    else if (character === '{') depth += 1
    else if (character === '}') depth -= 1
    if (depth === 0) return index
  }
  return text.length
}

/** The worker looks across all tenants, in a role that may see nothing but the outbox. */
const acrossTenants = new Set(['jobs.retry_failed'])
const tableAfter = /\b(?:from|join|into|update|using)\s+(?:only\s+)?(?:app\.)?([a-z_]+)\b/gi

/** Statements on a tenant's table that do not name the tenant. */
function withoutTenant(source: Source, tenantTables: ReadonlySet<string>): string[] {
  const texts = [...calls(source.text, 'statement'), ...calls(source.text, '\\.knex')]
  return texts.flatMap(({ at, call }) => {
    const name = /'([a-z_.]*)'/.exec(call)?.[1] ?? ''
    const builder = call.startsWith('.knex')
    const tables = builder ? [name] : [...call.matchAll(tableAfter)].map((match) => match[1] as string)
    const text = builder ? source.text.slice(at, at + 400) : call
    const bad = tables.some((table) => tenantTables.has(table)) && !text.includes('tenant_id') && !acrossTenants.has(name)
    return bad ? [`${lineOf(source.text, at)}: ${name || tables.join(', ')} does not say tenant_id`] : []
  })
}

/** Names of the tables that migrations make with `tenantTable`. */
export function tenantTablesOf(sources: readonly Source[]): Set<string> {
  const names = sources.filter(inMigration).flatMap((source) => [...source.text.matchAll(/\btenantTable\(knex, '([a-z_]+)'/g)])
  return new Set(names.map((match) => match[1] as string))
}

const network = /(?<![\w.])fetch\(|\bhttps?\.(?:request|get)\(|\b(?:net|tls)\.connect\(|\bnew WebSocket\(|from '(?:undici|axios|got)'/g
const mayGoOut = (source: Source) => source.path.startsWith('src/providers/') || source.path === 'src/jobs/transports.ts'

/** Methods of an adapter that may reach the network without having asked whether a transaction is open. */
function unguarded(source: Source): string[] {
  if (!source.path.startsWith('src/providers/')) return []
  return [...source.text.matchAll(/^ {2,4}async (\w+)\([^)]*\)[^{\n]*\{([\s\S]*?)\n {2,4}\}/gm)]
    .filter((match) => !(match[2] as string).includes('assertNoUnit('))
    .map((match) => `${lineOf(source.text, match.index)}: ${match[1]} does not call assertNoUnit`)
}

const moneyWord = '(?:amount|price|total|subtotal|fee|cost|balance|commission|fixed|captured|refunded|authorized)'
const column = (type: string) => new RegExp(`^\\s+([a-z0-9_]+) ${type}\\b`, 'gm')

/** Columns of money that are not whole minor units, or whose name does not say so. */
function looseMoney(source: Source): string[] {
  const named = [...source.text.matchAll(column('bigint'))].filter((match) => !(match[1] as string).endsWith('_minor'))
  const typed = [...source.text.matchAll(column('(?:numeric|decimal|money|real|double precision|integer)'))].filter((match) =>
    new RegExp(`(?:^|_)${moneyWord}(?:_minor)?$`).test(match[1] as string),
  )
  return [...named, ...typed].map((match) => `${lineOf(source.text, match.index)}: ${match[0].trim()}`)
}

/** The rules of the house that neither Biome nor dependency-cruiser can see. */
export function rulesFor(tenantTables: ReadonlySet<string>): Rule[] {
  return [
    {
      name: 'only the ledger writes its tables',
      check: (source) =>
        inSource(source) && !source.path.startsWith('src/ledger/')
          ? places(source.text, /\b(?:insert\s+into|update|delete\s+from)\s+(?:app\.)?ledger_\w+/gi)
          : [],
      offence: { path: 'src/orders/x.ts', text: 'statement("x", `insert into ledger_entry (tenant_id) values ($1)`)' },
    },
    {
      name: 'no SQL passes by the unit of work',
      check: (source) =>
        inSource(source) && !source.path.startsWith('src/db/') ? places(source.text, /\.raw\(|\bknex\.(?:select|from|schema)\b/g) : [],
      offence: { path: 'src/orders/x.ts', text: "await unit.knex.raw('select 1')" },
    },
    {
      name: 'every statement on a tenant table names the tenant',
      check: (source) => (inSource(source) ? withoutTenant(source, tenantTables) : []),
      offence: { path: 'src/orders/x.ts', text: "statement<Row>('x.y', `select 1 from orders o where (o.id = $1)`, [id])" },
    },
    {
      name: 'only providers and transports speak to the network',
      check: (source) => (inSource(source) && !mayGoOut(source) ? places(source.text, network) : []),
      offence: { path: 'src/orders/x.ts', text: "const answer = await fetch('https://example.com')" },
    },
    {
      name: 'a provider refuses to be called inside a transaction',
      check: unguarded,
      offence: { path: 'src/providers/x/index.ts', text: 'const x = {\n  async send(mail) {\n    await transport.sendMail(mail)\n  },\n}' },
    },
    {
      name: 'handing jobs to Redis is refused inside a transaction',
      check: (source) =>
        source.path === 'src/jobs/transports.ts'
          ? places(source.text, /^.*\bqueue\.add(?:Bulk)?\(/gm).filter((place) => {
              const line = Number(place.split(':')[0])
              return !source.text
                .split('\n')
                .slice(Math.max(0, line - 4), line)
                .join('\n')
                .includes('assertNoUnit(')
            })
          : [],
      offence: { path: 'src/jobs/transports.ts', text: 'await queue.addBulk(jobs)' },
    },
    {
      name: 'columns of money are bigint and end in _minor',
      check: (source) => (inMigration(source) ? looseMoney(source) : []),
      offence: { path: 'migrations/x.ts', text: 'columns: `\n  total integer not null`' },
    },
    {
      name: 'migrations go forward only',
      check: (source) =>
        inMigration(source) &&
        !/export async function down\(\): Promise<void> \{\n {2}throw new Error\('migrations go forward only'\)\n\}/.test(source.text)
          ? ['1: down must throw, and do nothing else']
          : [],
      offence: { path: 'migrations/x.ts', text: 'export async function down(knex) {\n  await knex.raw("drop table x")\n}' },
    },
    {
      name: 'nothing is left to do, and the compiler is not silenced',
      check: (source) => places(source.text, /\b(?:TO[D]O|FIX[M]E|XX[X])\b|@ts-(?:ignore|nocheck|expect-error)/g),
      offence: { path: 'src/x.ts', text: `// TO${'DO'}: later` },
    },
    {
      name: 'a suppressed lint rule says why',
      check: (source) => places(source.text, /biome-ignore(?:-all)? [\w/]+\s*:?\s*(?:<explanation>)?\s*$/gm),
      offence: { path: 'src/x.ts', text: '// biome-ignore lint/style/noExcessiveLinesPerFile:' },
    },
  ]
}
