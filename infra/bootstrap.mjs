// Brings a fresh clone to the point where its own code can run: dependencies installed, TypeScript compiled.
// Plain JavaScript without dependencies, because none are there yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Ends the process with one clear line. */
export function fail(message) {
  console.error(`stoa: ${message}`)
  process.exit(1)
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}` }
}

function step(title, work) {
  const started = Date.now()
  process.stdout.write(`${title} … `)
  work()
  console.log(`done (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`)
}

/** `npm ci` when node_modules is missing or belongs to another package-lock.json. */
function install() {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex')
  const stamp = path.join(root, 'node_modules', '.stoa-lock')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash) return
  step('Installing dependencies (once, about half a minute)', () => {
    const { ok, output } = run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
    if (!ok) fail(`npm ci failed:\n${output}`)
    fs.writeFileSync(stamp, hash)
  })
}

function newest(directory) {
  let latest = 0
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue
    latest = Math.max(latest, fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs)
  }
  return latest
}

/** tsc when a source is newer than the last build. Removed sources leave nothing behind: dist is made anew then. */
function build() {
  const stamp = path.join(root, 'dist', '.built')
  const sources = ['src', 'migrations', 'seeds', 'test', 'infra'].map((name) => path.join(root, name)).filter(fs.existsSync)
  const files = sources.flatMap((directory) => fs.readdirSync(directory, { recursive: true })).filter((name) => /\.tsx?$/.test(name))
  const list = createHash('sha256').update(files.sort().join('\n')).digest('hex')
  const built = fs.existsSync(stamp) ? { time: fs.statSync(stamp).mtimeMs, list: fs.readFileSync(stamp, 'utf8') } : null
  const changed = Math.max(...sources.map(newest), fs.statSync(path.join(root, 'tsconfig.json')).mtimeMs)
  if (built !== null && built.list === list && built.time >= changed) return
  step('Building', () => {
    if (built?.list !== list) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true })
    const { ok, output } = run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'])
    if (!ok) fail(`the TypeScript build failed:\n${output}`)
    fs.writeFileSync(stamp, list)
  })
}

export function bootstrap() {
  checkNode()
  install()
  build()
}
