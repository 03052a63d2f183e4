import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { homeSecrets, lockHome, StartRefused } from '../../infra/local/home.js'
import { type LocalRedis, redisBinary, startRedis } from '../../infra/local/redis.js'
import { type Welcome, welcome } from '../../infra/local/welcome.js'
import { checkDatabase } from '../../src/db/index.js'

describe('the home of npm start', () => {
  let home: string
  const others: ChildProcess[] = []

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-home-'))
  })

  afterEach(() => {
    for (const child of others.splice(0)) child.kill('SIGKILL')
    fs.rmSync(home, { recursive: true, force: true })
  })

  /** A process that looks like another start, and does nothing. */
  function anotherStart(): ChildProcess {
    const script = path.join(home, 'start.mjs')
    fs.writeFileSync(script, 'setTimeout(() => undefined, 60_000)\n')
    const child = spawn(process.execPath, [script], { stdio: 'ignore' })
    others.push(child)
    return child
  }

  it('has the same secrets at every start, for this user alone', () => {
    const first = homeSecrets(home)
    assert.match(first.token_secret, /^[0-9a-f]{64}$/)
    assert.notEqual(first.token_secret, first.database_password)
    assert.deepEqual(homeSecrets(home), first)
    assert.equal(fs.statSync(path.join(home, 'secrets.json')).mode & 0o777, 0o600)
  })

  it('makes no new secrets when those of its database are lost', () => {
    homeSecrets(home)
    fs.mkdirSync(path.join(home, 'postgres'))
    fs.rmSync(path.join(home, 'secrets.json'))
    assert.throws(() => homeSecrets(home), StartRefused)
    assert.equal(fs.existsSync(path.join(home, 'secrets.json')), false)
  })

  it('belongs to one running start', () => {
    const other = anotherStart()
    fs.writeFileSync(path.join(home, 'running.pid'), `${other.pid}\n`)
    assert.throws(() => lockHome(home), new RegExp(`already running over .* \\(process ${other.pid}\\)`))
  })

  it('is free again after a start, and after one that was killed', async () => {
    lockHome(home)()
    const other = anotherStart()
    fs.writeFileSync(path.join(home, 'running.pid'), `${other.pid}\n`)
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill('SIGKILL')
    await ended
    const release = lockHome(home)
    assert.equal(fs.readFileSync(path.join(home, 'running.pid'), 'utf8'), `${process.pid}\n`)
    release()
    assert.deepEqual(fs.readdirSync(home), ['start.mjs'])
  })

  it('holds nothing of a start that HOST ends, which it names', () => {
    const start = fileURLToPath(new URL('../../infra/local/start.js', import.meta.url))
    const env = { PATH: process.env.PATH, STOA_HOME: home, PORT: '0', HOST: '999.1.1.1' }
    const { status, stdout, stderr } = spawnSync(process.execPath, [start], { encoding: 'utf8', env })
    assert.deepEqual([status, stdout, fs.readdirSync(home)], [1, '', []])
    assert.match(stderr, /^stoa: HOST=999\.1\.1\.1: .*; address to listen on\n$/)
  })

  it('is refused where a file has its name, or that of a folder above', () => {
    const file = path.join(home, 'file')
    fs.writeFileSync(file, '')
    for (const wrong of [file, path.join(file, 'below')]) {
      assert.throws(() => lockHome(wrong), {
        constructor: StartRefused,
        message: `STOA_HOME: ${wrong} is no folder, and cannot be made one`,
      })
    }
  })

  const strangers: Record<string, (socket: net.Socket) => void> = {
    'never speaks': () => undefined,
    'hangs up': (socket) => socket.destroy(),
    'is no PostgreSQL': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  }
  for (const [how, speak] of Object.entries(strangers)) {
    it(`names a database that ${how}, without its password`, async () => {
      const server = net.createServer((socket) => speak(socket.on('error', () => undefined))).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as net.AddressInfo
      try {
        await assert.rejects(checkDatabase('DATABASE_URL', `postgres://u:hunter2@127.0.0.1:${port}/stoa`, 200), ({ message }: Error) => {
          assert.ok(message.startsWith(`no connection to PostgreSQL at 127.0.0.1:${port} (DATABASE_URL): `), message)
          assert.doesNotMatch(message, /hunter2|\n/)
          return true
        })
      } finally {
        server.close()
      }
    })
  }

  it('has one Redis, however often a start was killed', async function () {
    const binary = redisBinary()
    if (binary === undefined || !fs.existsSync('/proc/self')) {
      assert.notEqual(process.env.CI, 'true', 'in CI there must be a redis-server, on a system with /proc')
      return this.skip()
    }
    const begun: LocalRedis[] = []
    const pid = () => Number(fs.readFileSync(path.join(home, 'redis.pid'), 'utf8'))
    try {
      const left: number[] = []
      for (let start = 0; start < 3; start += 1) {
        begun.push(await startRedis(binary, path.join(home, 'redis.pid')))
        left.push(pid())
      }
      const running = left.filter((each) => fs.existsSync(`/proc/${each}`))
      assert.deepEqual([new Set(left).size, running], [3, [pid()]])
    } finally {
      for (const redis of begun) await redis.stop()
    }
  })

  it('is left in order also where npm alone is told to stop', async () => {
    const script = path.join(home, 'left.mjs')
    const startup = new URL('../../src/startup.js', import.meta.url).href
    fs.writeFileSync(
      script,
      `import fs from 'node:fs'
import net from 'node:net'
       import { onStopSignal } from '${startup}'
       onStopSignal(async () => fs.writeFileSync('${home}/stopped', ''))
       setTimeout(() => undefined, 20_000)
       fs.writeFileSync('${home}/ready', '')\n`,
    )
    const appears = async (name: string) => {
      for (let n = 0; n < 400 && !fs.existsSync(path.join(home, name)); n += 1) await new Promise((resolve) => setTimeout(resolve, 25))
      assert.ok(fs.existsSync(path.join(home, name)), name)
    }
    const env = { ...process.env, npm_lifecycle_event: 'start' }
    const shell = spawn('sh', ['-c', `${process.execPath} ${script}; true`], { stdio: 'ignore', env })
    others.push(shell)
    await appears('ready')
    shell.kill('SIGTERM')
    await appears('stopped')
  })
})

describe('a deployment', () => {
  it('is told at once of a database that is none, by the setting that leads there', async () => {
    const server = net.createServer((socket) => socket.on('error', () => undefined).destroy()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const at = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    const run = async (file: string, argument: string, settings: Record<string, string>) => {
      const env = { PATH: process.env.PATH, TOKEN_SECRET: 'x'.repeat(32), ...settings }
      const child = spawn(process.execPath, [fileURLToPath(new URL(`../../src/${file}`, import.meta.url)), argument], { env })
      const [said, [code]] = await Promise.all([child.stderr.setEncoding('utf8').toArray(), once(child, 'exit')])
      return [code, said.join('').replace(/: [^:]+\n$/, '')]
    }
    const url = `postgres://u:hunter2@${at}/stoa`
    try {
      const told = await Promise.all([
        run('serve.js', '', { DATABASE_APP_URL: url }),
        run('cli.js', 'migrate', { DATABASE_URL: url, DATABASE_APP_PASSWORD: 'x' }),
      ])
      const line = `stoa: no connection to PostgreSQL at ${at}`
      assert.deepEqual(told, [
        [1, `${line} (DATABASE_APP_URL)`],
        [1, `${line} (DATABASE_URL)`],
      ])
    } finally {
      server.close()
    }
  })
})

describe('what npm start prints', () => {
  const signIn = { email: 'a@stoa.example', password: 'secret' }
  const tenant = { slug: 'books', host: 'books.localhost', publishable_key: 'pk_1', secret_key: 'sk_1', vendors: [] }
  const told = (process: Welcome['process']) =>
    welcome({
      demo: { base_url: 'http://localhost:9000', operator: signIn, tenants: [{ ...tenant, staff: signIn, customer: signIn }] },
      process,
      home: '/home/.stoa',
      jobs: 'in-process',
      mailPage: 'http://localhost:8025',
      stripePage: null,
    })
      .split('\n')
      .flatMap((line) => /^ {2}(\w[\w ]*?) {2}/.exec(line)?.slice(1) ?? [])

  it('is where the API and the stores are, and who signs in', () => {
    const all = ['API', 'Documentation', 'Mail caught', 'Stripe', 'Jobs', 'Data', 'Operator', 'Store books']
    for (const process of ['all', 'api'] as const) assert.deepEqual(told(process), [...all, 'For programs', 'See it work', 'Stop'])
  })

  it('is nothing of them where only jobs run', () => {
    assert.deepEqual(told('worker'), ['Mail caught', 'Stripe', 'Jobs', 'Data', 'Stop'])
  })
})
