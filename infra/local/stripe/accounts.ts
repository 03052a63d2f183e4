import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { emit } from './events.js'
import type { Profile, StripeObject } from './objects.js'
import { capability } from './profile.js'
import { filled } from './schema.js'
import { emitThin } from './thin-events.js'
import { Account } from './world.js'

// Connected accounts. There is one record (Profile) of each; v1 (here) and v2 (accounts-v2.ts) are views of it.

export type AccountState = Profile['state']

const linkLife_ms = 300_000
const toOnboard = ['identity.individual.given_name', 'identity.individual.surname', 'identity.individual.date_of_birth']

export function profileOf(account: Account): Profile {
  if (account.profile === undefined) throw new Error(`${account.id} is no connected account`)
  return account.profile
}

export function openAccount(call: Call, details: Omit<Profile, 'created_ms' | 'due' | 'reason' | 'state'>): Account {
  const { platform, world } = call.account
  const account = new Account(world, platform.own.newId('acct'), platform)
  account.profile = { ...details, created_ms: world.now_ms(), state: 'onboarding', reason: null, due: [...toOnboard] }
  platform.connected.set(account.id, account)
  if (details.api === 'v2') emitThin(account, 'v2.core.account.created', call)
  return account
}

/** What became of an account's examination. */
export function setState(account: Account, state: AccountState, reason: string | null, call?: Call): void {
  const profile = profileOf(account)
  const before = profile.state
  profile.state = state
  profile.reason = reason
  profile.due = state === 'onboarding' ? [...toOnboard] : state === 'restricted' ? [reason ?? 'identity.document'] : []
  if (state === 'closed') emitThin(account, 'v2.core.account.closed', call)
  else emitThin(account, 'v2.core.account.updated', call)
  if (before !== state) {
    emitThin(account, 'v2.core.account[requirements].updated', call)
    emitThin(account, 'v2.core.account[configuration.recipient].capability_status_updated', call, { updated_capability: capability })
  }
  emit(account, 'account.updated', accountV1(account), call)
}

/** A page of the simulator where a vendor's onboarding is played. */
export function pageFor(account: Account, return_url: string, refresh_url: string): { url: string; expires_ms: number } {
  const { chance, settings } = account.world
  const token = chance.letters(`${account.id}/link`)
  const expires_ms = account.world.now_ms() + linkLife_ms
  account.links.set(token, { return_url, refresh_url, expires_ms, used: false })
  return { url: `${settings.url}/onboarding/${account.id}/${token}`, expires_ms }
}

export function createAccount(call: Call): StripeObject {
  const { business_type, country, default_currency, email, metadata, capabilities } = call.parameters as {
    business_type?: string
    country?: string
    default_currency?: string
    email?: string
    metadata?: Record<string, string>
    capabilities?: { transfers?: { requested?: boolean } }
  }
  const account = openAccount(call, {
    api: 'v1',
    country: country ?? 'US',
    currency: default_currency ?? 'usd',
    dashboard: 'express',
    display_name: null,
    email: email ?? null,
    entity_type: business_type ?? null,
    fees_collector: 'application',
    losses_collector: 'application',
    metadata: mergedMetadata({}, metadata ?? {}),
    requested: capabilities?.transfers?.requested === true,
  })
  return accountV1(account)
}

const v1Capability: Record<AccountState, string> = {
  onboarding: 'inactive',
  pending: 'pending',
  active: 'active',
  restricted: 'inactive',
  rejected: 'inactive',
  closed: 'inactive',
}

export function accountV1(account: Account): StripeObject {
  const { profile, platform, world } = account
  if (profile === undefined) return platformAccount(account)
  const active = profile.state === 'active'
  const disabled = profile.state === 'rejected' ? 'rejected.other' : active ? null : 'requirements.past_due'
  const requirements = {
    currently_due: profile.due,
    eventually_due: profile.due,
    past_due: profile.due,
    disabled_reason: disabled,
    errors: [],
  }
  return filled<StripeObject>('Account', {
    id: account.id,
    object: 'account',
    business_type: profile.entity_type,
    capabilities: profile.requested ? { transfers: v1Capability[profile.state] } : {},
    charges_enabled: active,
    controller: { type: 'application', is_controller: true, losses: { payments: 'application' }, fees: { payer: 'application' } },
    country: profile.country,
    created: Math.floor(profile.created_ms / 1_000),
    default_currency: profile.currency,
    details_submitted: profile.state !== 'onboarding',
    email: profile.email,
    external_accounts: { object: 'list', data: [], has_more: false, url: `/v1/accounts/${account.id}/external_accounts` },
    metadata: profile.metadata,
    payouts_enabled: active,
    requirements,
    settings: { dashboard: { display_name: platform.name, timezone: 'Etc/UTC' } },
    tos_acceptance: { date: active ? world.now_s() : null },
    type: profile.api === 'v1' ? 'express' : 'none',
  })
}

/** The account that a secret key belongs to. */
function platformAccount(account: Account): StripeObject {
  return filled<StripeObject>('Account', {
    id: account.id,
    object: 'account',
    business_type: 'company',
    charges_enabled: true,
    country: account.world.settings.country,
    default_currency: account.world.settings.settlement?.currency ?? 'usd',
    details_submitted: true,
    email: `${account.platform.name}@example.com`,
    payouts_enabled: true,
    settings: { dashboard: { display_name: account.platform.name, timezone: 'Etc/UTC' } },
    type: 'standard',
  })
}

export function updateAccount(call: Call, account: Account): StripeObject {
  const profile = profileOf(account)
  const { email, metadata } = call.parameters
  profile.email = (email as string | undefined) ?? profile.email
  if (metadata !== undefined) profile.metadata = mergedMetadata(profile.metadata, metadata)
  emit(account, 'account.updated', accountV1(account), call)
  return accountV1(account)
}

export function createAccountLink(call: Call, account: Account): Record<string, unknown> {
  const { url, expires_ms } = pageFor(account, String(call.parameters.return_url ?? ''), String(call.parameters.refresh_url ?? ''))
  return { object: 'account_link', created: account.world.now_s(), expires_at: Math.floor(expires_ms / 1_000), url }
}

export function createAccountSession(account: Account): Record<string, unknown> {
  const { chance } = account.world
  return filled('AccountSession', {
    object: 'account_session',
    account: account.id,
    client_secret: `accs_secret__${chance.letters(`${account.id}/accs`)}`,
    components: {},
    expires_at: account.world.now_s() + linkLife_ms / 1_000,
    livemode: false,
  })
}
