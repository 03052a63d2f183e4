import assert from 'node:assert/strict'
import { ConfigError, loadConfig, settings } from '../../src/config.js'

const production = {
  NODE_ENV: 'production',
  DATABASE_APP_URL: 'postgres://app_login:x@db/stoa',
  TOKEN_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://stoa.example/',
}

function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message.split('\n')
  }
  return []
}

describe('settings', () => {
  it('of an empty environment are the ones a newcomer wants', () => {
    const config = loadConfig({})
    assert.deepEqual(
      [config.port, config.environment, config.process, config.rateLimitScale, config.trustProxy],
      [9_000, 'development', 'all', 1, false],
    )
    assert.equal(config.databaseUrl, undefined)
  })

  it('count as absent when empty', () => {
    assert.equal(loadConfig({ PORT: '', REDIS_URL: '  ' }).port, 9_000)
  })

  it('are read as what they are', () => {
    const config = loadConfig({
      PORT: ' 0 ',
      DATABASE_POOL_MAX: '3',
      TRUST_PROXY: 'true',
      DATABASE_PREPARED_STATEMENTS: 'false',
      PUBLIC_URL: 'https://a.example/',
      BASE_DOMAIN: 'Shops.Example',
    })
    assert.deepEqual(
      [config.port, config.databasePoolMax, config.trustProxy, config.databasePreparedStatements, config.publicUrl, config.baseDomain],
      [0, 3, true, false, 'https://a.example', 'shops.example'],
    )
  })

  const wrong: Record<string, string[]> = {
    PORT: ['-1', '65536', '80.5', 'http', '1e9'],
    NODE_ENV: ['prod', 'Production'],
    PROCESS: ['both'],
    PUBLIC_URL: ['stoa.example', '/', 'localhost:9000'],
    BASE_DOMAIN: ['bad domain!', 'shops.example:9000', '-a.example', 'https://shops.example'],
    DATABASE_URL: ['db/stoa', 'mysql://root:hunter2@db/stoa', 'localhost:5432/stoa'],
    DATABASE_APP_URL: ['nowhere', 'https://db/stoa'],
    DATABASE_POOL_MAX: ['0', '201', 'many'],
    DATABASE_PREPARED_STATEMENTS: ['yes', '1'],
    REDIS_URL: ['redis', 'http://127.0.0.1:6379'],
    TOKEN_SECRET: ['short'],
    TOKEN_LIFETIME_S: ['59', '2592001'],
    SMTP_URL: ['mail', 'http://foo', 'foo:25'],
    STRIPE_API_URL: ['localhost:12111'],
    MAIL_FROM: ['orders'],
    RATE_LIMIT_SCALE: ['-1', 'none'],
    TRUST_PROXY: ['TRUE', 'on'],
    LOG_LEVEL: ['verbose'],
    JOB_POLL_INTERVAL_MS: ['9', '60001'],
    WEBHOOKS_TO_LOOPBACK: ['yes'],
    CHECKOUT_RESUME_AFTER_MS: ['99'],
  }

  it('that are wrong are refused by name, each of them, with what is allowed', () => {
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const [problem, ...others] = problemsOf({ [name]: value })
        assert.deepEqual(others, [], name)
        assert.ok(
          problem?.startsWith(`${name}=`) && problem.includes(settings[name as keyof typeof settings].meaning),
          `${name}=${value}: ${problem}`,
        )
      }
    }
  })

  it('that are wrong are all told at once', () => {
    const all = Object.fromEntries(Object.entries(wrong).map(([name, [value]]) => [name, value]))
    assert.deepEqual(
      problemsOf(all)
        .map((line) => line.split('=')[0])
        .sort(),
      Object.keys(wrong).sort(),
    )
  })

  it('that hold secrets are not repeated when they are wrong', () => {
    for (const name of ['TOKEN_SECRET', 'DATABASE_URL', 'DATABASE_APP_URL', 'REDIS_URL', 'SMTP_URL']) {
      assert.doesNotMatch(problemsOf({ [name]: 'hunter2' }).join('\n'), /hunter2/, name)
    }
  })

  it('that are addresses are taken with each scheme they may have', () => {
    for (const [name, values] of Object.entries({
      PUBLIC_URL: ['http://localhost:9000', 'https://stoa.example'],
      DATABASE_URL: ['postgres://u:p@%2Frun%2Fpostgresql:5432/stoa', 'postgresql:///stoa?host=/run/postgresql'],
      REDIS_URL: ['redis://127.0.0.1', 'rediss://:p@redis:6380/1'],
      SMTP_URL: ['smtp://127.0.0.1:1025', 'SMTPS://u:p@mail.example'],
      BASE_DOMAIN: ['localhost', 'shops-1.example'],
    })) {
      for (const value of values) assert.deepEqual(problemsOf({ [name]: value }), [], value)
    }
  })

  it('that do not exist are refused where the name is ours', () => {
    assert.deepEqual(problemsOf({ STOA_PORT: '1', HOME: '/root', PATH: '/bin' }), [
      'STOA_PORT is no setting; the names are in src/config.ts',
    ])
  })

  it('each say what they mean, and have a fallback that is allowed', () => {
    for (const [name, setting] of Object.entries(settings)) {
      assert.ok(setting.meaning.length > 10, name)
      if (setting.fallback !== undefined) assert.ok(setting.schema.safeParse(setting.fallback).success, name)
    }
  })

  describe('in production', () => {
    it('are accepted when they are complete', () => {
      assert.equal(loadConfig(production).environment, 'production')
    })

    const holes: Record<string, Record<string, string | undefined>> = {
      DATABASE_APP_URL: { DATABASE_APP_URL: undefined },
      TOKEN_SECRET: { TOKEN_SECRET: '' },
      PUBLIC_URL: { PUBLIC_URL: undefined },
      'RATE_LIMIT_SCALE=0': { RATE_LIMIT_SCALE: '0' },
      WEBHOOKS_TO_LOOPBACK: { WEBHOOKS_TO_LOOPBACK: 'true' },
    }
    for (const [name, hole] of Object.entries(holes)) {
      it(`are refused with a hole at ${name}`, () => {
        const problems = problemsOf({ ...production, ...hole })
        assert.deepEqual([problems.length, problems[0]?.startsWith(name)], [1, true])
        assert.deepEqual(problemsOf({ ...production, ...hole, NODE_ENV: 'development' }), [])
      })
    }

    it('are refused with every hole named at once', () => {
      assert.equal(problemsOf({ NODE_ENV: 'production', RATE_LIMIT_SCALE: '0' }).length, 4)
    })
  })
})
