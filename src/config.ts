import { z } from 'zod'

/** One setting: how it is read, what it is when absent, and one line of meaning. */
interface Setting {
  schema: z.ZodType
  fallback: string | undefined
  meaning: string
}

const text = z.string().trim().min(1)
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)
/** An address with one of these schemes: another is one of something else, or `localhost:5432` without any. */
const address = (...schemes: string[]) =>
  z.url({ protocol: new RegExp(`^(${schemes.join('|')})$`), error: `Expected ${schemes.map((scheme) => `${scheme}://…`).join(' or ')}` })
const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

/** Every setting of a Stoa process. A newcomer wants the first two at most. */
export const settings = {
  PORT: { schema: whole(0, 65_535), fallback: '9000', meaning: 'port of the HTTP server; 0 takes a free one' },
  STOA_HOME: { schema: text, fallback: '.stoa', meaning: 'folder for database files, uploads, secrets, simulated payments and demo.json' },
  HOST: { schema: text, fallback: '0.0.0.0', meaning: 'address to listen on' },
  NODE_ENV: {
    schema: z.enum(['development', 'test', 'production']),
    fallback: 'development',
    meaning: 'production refuses generated secrets and an embedded database',
  },
  PROCESS: { schema: z.enum(['all', 'api', 'worker']), fallback: 'all', meaning: 'what this process does' },
  PUBLIC_URL: {
    schema: address('http', 'https'),
    fallback: undefined,
    meaning: 'address under which clients reach the API; http://localhost:PORT when absent',
  },
  BASE_DOMAIN: { schema: z.hostname(), fallback: 'localhost', meaning: 'stores answer at <slug>.<BASE_DOMAIN>' },
  DATABASE_URL: {
    schema: address('postgres', 'postgresql'),
    fallback: undefined,
    meaning:
      'administrative login, for roles and migrations; an embedded PostgreSQL is started when absent. Of its own database want UTF8 and a locale that knows capitals, such as C.UTF-8 of its builtin provider',
  },
  DATABASE_APP_URL: {
    schema: address('postgres', 'postgresql'),
    fallback: undefined,
    meaning: 'run-time login app_login; derived from DATABASE_URL when absent',
  },
  DATABASE_APP_PASSWORD: {
    schema: text,
    fallback: undefined,
    meaning: 'password of app_login; generated into STOA_HOME/secrets.json when absent',
  },
  DATABASE_POOL_MAX: { schema: whole(1, 200), fallback: '10', meaning: 'database connections of this process' },
  DATABASE_PREPARED_STATEMENTS: { schema: flag, fallback: 'true', meaning: 'false behind a PgBouncer older than 1.21' },
  REDIS_URL: {
    schema: address('redis', 'rediss'),
    fallback: undefined,
    meaning:
      'Redis for jobs, which stay in the process without it, and for what processes together ask of Stripe; limits of callers are counted in each process',
  },
  REDIS_PREFIX: { schema: text, fallback: 'stoa', meaning: 'keeps deployments apart that share a Redis' },
  TOKEN_SECRET: {
    schema: z.string().min(32),
    fallback: undefined,
    meaning: 'signs tokens, 32 characters or more; generated into STOA_HOME/secrets.json when absent',
  },
  TOKEN_LIFETIME_S: { schema: whole(60, 2_592_000), fallback: '86400', meaning: 'seconds until a token ends' },
  SMTP_URL: {
    schema: address('smtp', 'smtps'),
    fallback: undefined,
    meaning: 'mail server; npm start brings a local catcher when absent',
  },
  MAIL_FROM: { schema: z.email(), fallback: 'orders@stoa.example', meaning: 'sender address of mails; each store puts its name before it' },
  STRIPE_SECRET_KEY: {
    schema: z.string().regex(/^(sk|rk)_test_\w{8,}$/, 'Expected a secret or restricted test key (sk_test_… or rk_test_…)'),
    fallback: undefined,
    meaning: 'test account that npm start connects the demo stores to; it simulates Stripe when absent',
  },
  STRIPE_PUBLISHABLE_KEY: {
    schema: z.string().regex(/^pk_test_\w{8,}$/, 'Expected a publishable test key (pk_test_…)'),
    fallback: undefined,
    meaning: 'of the same account',
  },
  STRIPE_WEBHOOK_SECRET: {
    schema: z.string().regex(/^whsec_\w{8,}$/, 'Expected a signing secret (whsec_…)'),
    fallback: undefined,
    meaning: 'of `stripe listen`, which brings the events of that account to this machine',
  },
  STRIPE_API_URL: {
    schema: address('http', 'https'),
    fallback: undefined,
    meaning: 'where Stripe is; only for a simulator, and refused in production',
  },
  RATE_LIMIT_SCALE: {
    schema: z.coerce.number().min(0).max(1_000_000),
    fallback: '1',
    meaning: 'multiplies every rate limit; 0 switches them off, which production refuses',
  },
  TRUST_PROXY: { schema: flag, fallback: 'false', meaning: 'true behind a proxy that sets X-Forwarded-For and X-Forwarded-Host' },
  METRICS_TOKEN: {
    schema: z.string().min(16),
    fallback: undefined,
    meaning: 'what Prometheus must send as Bearer to read /metrics, 16 characters or more; without it production has no /metrics',
  },
  LOG_LEVEL: { schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']), fallback: 'info', meaning: 'how much is logged' },
  JOB_POLL_INTERVAL_MS: {
    schema: whole(10, 60_000),
    fallback: '500',
    meaning: 'how often the worker looks for due events of other processes',
  },
  WEBHOOKS_TO_LOOPBACK: {
    schema: flag,
    fallback: 'false',
    meaning: 'true lets webhooks go to this machine, for trying them out; refused in production',
  },
  CHECKOUT_RESUME_AFTER_MS: {
    schema: whole(100, 3_600_000),
    fallback: '60000',
    meaning: 'after this a checkout that was interrupted is resumed',
  },
} satisfies Record<string, Setting>

type Raw = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]['schema']> }
type MayBeAbsent = {
  [Name in keyof typeof settings]: (typeof settings)[Name]['fallback'] extends string ? never : Name
}[keyof typeof settings]

export interface Config {
  readonly port: number
  readonly home: string
  readonly host: string
  readonly environment: Raw['NODE_ENV']
  readonly process: Raw['PROCESS']
  readonly publicUrl: string | undefined
  readonly baseDomain: string
  readonly databaseUrl: string | undefined
  readonly databaseAppUrl: string | undefined
  readonly databaseAppPassword: string | undefined
  readonly databasePoolMax: number
  readonly databasePreparedStatements: boolean
  readonly redisUrl: string | undefined
  readonly redisPrefix: string
  readonly tokenSecret: string | undefined
  readonly tokenLifetime_s: number
  readonly smtpUrl: string | undefined
  readonly mailFrom: string
  readonly stripeSecretKey: string | undefined
  readonly stripePublishableKey: string | undefined
  readonly stripeWebhookSecret: string | undefined
  readonly stripeApiUrl: string | undefined
  readonly rateLimitScale: number
  readonly trustProxy: boolean
  readonly metricsToken: string | undefined
  readonly logLevel: Raw['LOG_LEVEL']
  readonly jobPollInterval_ms: number
  readonly webhooksToLoopback: boolean
  readonly checkoutResumeAfter_ms: number
}

/** Settings that cannot be used; `message` names each, one a line, with what is allowed. */
export class ConfigError extends Error {}

/**
 * Reads the settings from an environment. Empty values count as absent.
 * @throws ConfigError that lists every wrong setting
 */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  const problems: string[] = []
  const raw: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings) as [string, Setting][]) {
    const given = environment[name]?.trim()
    const value = given === undefined || given === '' ? setting.fallback : given
    if (value === undefined) continue
    const parsed = setting.schema.safeParse(value)
    if (parsed.success) raw[name] = parsed.data
    else problems.push(`${name}=${secretName.test(name) ? '…' : value}: ${parsed.error.issues[0]?.message}; ${setting.meaning}`)
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('STOA_') && !(name in settings)) problems.push(`${name} is no setting; the names are in src/config.ts`)
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  const config = named(raw as Partial<Raw> & Omit<Raw, MayBeAbsent>)
  refuseInProduction(config)
  return config
}

const secretName = /SECRET|PASSWORD|TOKEN$|URL|KEY$/

function named(raw: Partial<Raw> & Omit<Raw, MayBeAbsent>): Config {
  return {
    port: raw.PORT,
    home: raw.STOA_HOME,
    host: raw.HOST,
    environment: raw.NODE_ENV,
    process: raw.PROCESS,
    publicUrl: raw.PUBLIC_URL?.replace(/\/$/, ''),
    baseDomain: raw.BASE_DOMAIN.toLowerCase(),
    databaseUrl: raw.DATABASE_URL,
    databaseAppUrl: raw.DATABASE_APP_URL,
    databaseAppPassword: raw.DATABASE_APP_PASSWORD,
    databasePoolMax: raw.DATABASE_POOL_MAX,
    databasePreparedStatements: raw.DATABASE_PREPARED_STATEMENTS,
    redisUrl: raw.REDIS_URL,
    redisPrefix: raw.REDIS_PREFIX,
    tokenSecret: raw.TOKEN_SECRET,
    tokenLifetime_s: raw.TOKEN_LIFETIME_S,
    smtpUrl: raw.SMTP_URL,
    mailFrom: raw.MAIL_FROM,
    stripeSecretKey: raw.STRIPE_SECRET_KEY,
    stripePublishableKey: raw.STRIPE_PUBLISHABLE_KEY,
    stripeWebhookSecret: raw.STRIPE_WEBHOOK_SECRET,
    stripeApiUrl: raw.STRIPE_API_URL?.replace(/\/$/, ''),
    rateLimitScale: raw.RATE_LIMIT_SCALE,
    trustProxy: raw.TRUST_PROXY,
    metricsToken: raw.METRICS_TOKEN,
    logLevel: raw.LOG_LEVEL,
    jobPollInterval_ms: raw.JOB_POLL_INTERVAL_MS,
    webhooksToLoopback: raw.WEBHOOKS_TO_LOOPBACK,
    checkoutResumeAfter_ms: raw.CHECKOUT_RESUME_AFTER_MS,
  }
}

/** What would be a hole in production must be given there, and is not made up. */
function refuseInProduction(config: Config): void {
  if (config.environment !== 'production') return
  const problems: string[] = []
  if (config.databaseAppUrl === undefined) problems.push('DATABASE_APP_URL must be given in production: an embedded database is refused')
  if (config.tokenSecret === undefined) problems.push('TOKEN_SECRET must be given in production: a generated one is refused')
  if (config.publicUrl === undefined) problems.push('PUBLIC_URL must be given in production')
  if (config.stripeApiUrl !== undefined) problems.push('STRIPE_API_URL is refused in production: money goes to Stripe itself')
  if (config.rateLimitScale === 0) problems.push('RATE_LIMIT_SCALE=0 is refused in production')
  if (config.webhooksToLoopback)
    problems.push('WEBHOOKS_TO_LOOPBACK is refused in production: stores could reach what only this machine may')
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}
