import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { calls, rulesFor, type Source, tenantTablesOf } from './rules.js'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const folders = ['src', 'migrations', 'seeds', 'infra', 'test']

function readSources(): Source[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs)$/.test(name))
      .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')))
      .map((name) => ({ path: name, text: fs.readFileSync(path.join(root, name), 'utf8') })),
  )
}

// Who may import whom is checked by dependency-cruiser, the length of files and functions by Biome: `npm run lint`.
describe('conventions', () => {
  const sources = readSources()
  const tenantTables = tenantTablesOf(sources)

  it('looks at the sources and knows the tenant tables', () => {
    assert.ok(sources.length > 150, `${sources.length} sources`)
    assert.ok(tenantTables.size >= 60, `${tenantTables.size} tables`)
    const statements = sources.filter(({ path: name }) => name.startsWith('src/')).flatMap(({ text }) => calls(text, 'statement'))
    assert.ok(statements.length >= 90, `${statements.length} statements`)
  })

  for (const rule of rulesFor(tenantTables)) {
    it(rule.name, () => {
      const broken = sources.flatMap((source) => rule.check(source).map((place) => `${source.path}:${place}`))
      assert.deepEqual(broken, [])
      assert.notDeepEqual(rule.check(rule.offence), [], 'the rule does not see what breaks it')
    })
  }
})
