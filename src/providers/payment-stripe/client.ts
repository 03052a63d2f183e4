import Stripe from 'stripe'
import type { Sealer } from '../../kernel/index.js'
import type { PaymentAccount, ProviderCall } from '../../payments/index.js'
import { pacedHttp, paceOf, type SharedCounts } from './paced-http.js'

/** What the adapter keeps of an account, sealed. */
export interface StripeCredentials {
  secret_key: string
  /** Of every endpoint that was registered, the newest first: while secrets are changed, two are good. */
  webhook_secrets: string[]
}

export interface StripeOptions {
  sealer: Sealer
  /** Where Stripe is; the simulator's address where it stands in for it. */
  apiUrl?: string | undefined
  /** Where processes count together how much they ask of Stripe. */
  sharedCounts?: SharedCounts | undefined
}

export interface StripeAccess {
  clientOf(account: PaymentAccount): Stripe
  clientFor(secretKey: string): Stripe
  credentialsOf(account: PaymentAccount): StripeCredentials
  seal(credentials: StripeCredentials): string
  readonly isSimulated: boolean
}

const timeout_ms = 20_000
/** Clients of as many accounts are kept; the one that was used longest ago goes. */
const clientsKept = 200
const keyPattern = /^(sk|rk)_(test|live)_[A-Za-z0-9_]{8,}$/

export const modeOfKey = (key: string): 'test' | 'live' | null => (keyPattern.exec(key)?.[2] as 'test' | 'live' | undefined) ?? null

export const accountOf = (call: ProviderCall): PaymentAccount => {
  if (call.account === null) throw new Error('A call to Stripe needs an account')
  return call.account
}

/** One client for each account, never one of the process: a key that is changed makes a new one. */
export function stripeAccess(options: StripeOptions): StripeAccess {
  const clients = new Map<string, Stripe>()
  const pace = paceOf(options.sharedCounts)
  const elsewhere = options.apiUrl === undefined ? undefined : new URL(options.apiUrl)
  const clientFor = (secretKey: string): Stripe => {
    if (elsewhere !== undefined && modeOfKey(secretKey) === 'live')
      throw new Error('A live key is never sent to anybody but Stripe: unset STRIPE_API_URL')
    const known = clients.get(secretKey)
    if (known !== undefined) {
      clients.delete(secretKey)
      clients.set(secretKey, known)
      return known
    }
    const client = new Stripe(secretKey, {
      maxNetworkRetries: 2,
      timeout: timeout_ms,
      telemetry: false,
      appInfo: { name: 'Stoa' },
      // A simulator takes whatever comes.
      ...(elsewhere === undefined
        ? { httpClient: pacedHttp(pace, { mode: modeOfKey(secretKey) ?? 'test', secretKey }) }
        : {
            host: elsewhere.hostname,
            port: elsewhere.port === '' ? (elsewhere.protocol === 'https:' ? 443 : 80) : Number(elsewhere.port),
            protocol: elsewhere.protocol === 'https:' ? ('https' as const) : ('http' as const),
          }),
    })
    clients.set(secretKey, client)
    const oldest = clients.size > clientsKept ? clients.keys().next().value : undefined
    if (oldest !== undefined) clients.delete(oldest)
    return client
  }
  const credentialsOf = (account: PaymentAccount) => JSON.parse(options.sealer.open(account.credentials)) as StripeCredentials
  return {
    clientFor,
    clientOf: (account) => clientFor(credentialsOf(account).secret_key),
    credentialsOf,
    seal: (credentials) => options.sealer.seal(JSON.stringify(credentials)),
    isSimulated: elsewhere !== undefined,
  }
}
