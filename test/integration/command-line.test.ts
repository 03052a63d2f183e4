import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

describe('commands', () => {
  const scripts = (JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts
  /** What npm calls of ours; the others are tools that explain themselves. */
  const own = Object.entries(scripts).flatMap(
    ([name, command]) =>
      /^node (\S+)$/
        .exec(command)
        ?.slice(1)
        .map((file) => [name, file]) ?? [],
  )

  function run(file: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, file), ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    return { status, stdout, lines: stderr.trimEnd().split('\n') }
  }

  it('are all looked at here', () => {
    assert.ok(own.length >= 8, JSON.stringify(own))
  })

  for (const [name, file] of own as [string, string][]) {
    it(`npm run ${name} explains itself, and says in a line what it does not understand`, () => {
      const help = run(file, '--help')
      assert.deepEqual([help.status, help.lines], [0, ['']])
      assert.match(help.stdout, new RegExp(`^npm (run )?${name}\\b[\\s\\S]{100}`))
      const wrong = run(file, '--no-such-option')
      assert.deepEqual([wrong.status, wrong.stdout, wrong.lines.length], [2, '', 1])
      assert.match(wrong.lines[0] ?? '', /^stoa: unknown option '--no-such-option'; --help lists/)
    })
  }

  it('say of a value what it must be', () => {
    const [purchase, simulate] = [run('infra/demo-purchase.mjs', '--csv'), run('infra/simulate.mjs', '--days', 'many')]
    assert.deepEqual([purchase.status, purchase.lines], [2, [`stoa: option '--csv <value>' argument missing; --help lists what there is`]])
    assert.deepEqual([simulate.status, simulate.lines], [2, ['stoa: --days many: a whole number from 1 to 99999']])
  })

  it('stoa does the same', () => {
    const stoa = path.join('dist', 'src', 'cli.js')
    const help = run(stoa, 'tenants', '--help')
    assert.equal(help.status, 0)
    assert.match(help.stdout, /stoa tenants apply[\s\S]*exit code 2/)
    for (const wrong of [['--wrong'], ['migrate', 'now'], ['operator', 'nobody']]) {
      const { status, stdout, lines } = run(stoa, ...wrong)
      assert.deepEqual([status, stdout, lines.length], [2, '', 1], wrong.join(' '))
      assert.match(lines[0] ?? '', /^stoa: /)
    }
  })
})
