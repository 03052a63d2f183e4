// `npm run lint`: Biome for format and rules of the language, dependency-cruiser for who may import whom. The rules of
// the house that are neither (SQL, network, names) are tests: test/conventions.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { bootstrap, fail, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

const folders = ['src', 'migrations', 'seeds', 'infra', 'test'].filter((name) => fs.existsSync(path.join(root, name)))
const importLine = /^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm

commandLine(`
npm run lint

Checks format and rules of the language (Biome), types (tsc), and who may import whom (dependency-cruiser). It has no options; what of
the format can be mended by itself, \`npx biome check --write\` mends.
`)
bootstrap()
const sound = [
  ['biome', ['check', '.'], root],
  ['depcruise', ['--config', path.join(root, '.dependency-cruiser.cjs'), ...folders], writeImports()],
].map(([name, args, cwd]) => spawnSync(path.join(root, 'node_modules', '.bin', name), args, { cwd, stdio: 'inherit' }).status === 0)
if (sound.includes(false)) fail('lint found something')

/**
 * TypeScript 7 has no programming interface, so dependency-cruiser cannot read our sources. It is given a folder of
 * JavaScript files of the same names, each with nothing but the imports of its source, those of types included.
 */
function writeImports() {
  const target = path.join(root, 'dist', '.imports')
  fs.rmSync(target, { recursive: true, force: true })
  for (const folder of folders) {
    for (const name of fs.readdirSync(path.join(root, folder), { recursive: true })) {
      if (!/\.(tsx?|mjs)$/.test(name) || name.endsWith('.d.ts')) continue
      const source = fs.readFileSync(path.join(root, folder, name), 'utf8')
      const imports = [...source.matchAll(importLine)].map((match) => `import '${match[1] ?? match[2]}'\n`)
      const file = path.join(target, folder, name.replace(/\.tsx?$/, '.js'))
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, imports.join(''))
    }
  }
  return target
}
