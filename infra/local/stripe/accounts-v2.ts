import { type AccountState, openAccount, pageFor, profileOf, setState } from './accounts.js'
import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { refused } from './errors.js'
import type { StripeObject } from './objects.js'
import { date } from './thin-events.js'
import type { Account } from './world.js'

type Parts = Record<string, unknown>

const includable = [
  'configuration.customer',
  'configuration.merchant',
  'configuration.recipient',
  'defaults',
  'future_requirements',
  'identity',
  'requirements',
]
const pageLimitDefault = 20

interface V2Parameters {
  configuration?: { recipient?: { capabilities?: { stripe_balance?: { stripe_transfers?: { requested?: boolean } } } } | null }
  contact_email?: string
  dashboard?: string
  defaults?: { currency?: string; responsibilities?: { fees_collector?: string; losses_collector?: string } }
  display_name?: string
  identity?: { country?: string; entity_type?: string }
  include?: string[]
  metadata?: Record<string, string | null>
}

const requestedBy = ({ configuration }: V2Parameters) => configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers?.requested

export function createAccountV2(call: Call): StripeObject {
  const parameters = call.parameters as V2Parameters
  const { contact_email, dashboard, defaults, display_name, identity, metadata } = parameters
  if (defaults?.responsibilities?.losses_collector === 'stripe' && dashboard === 'express') {
    throw refused('An express dashboard needs losses_collector: application.', { param: 'dashboard' })
  }
  const account = openAccount(call, {
    api: 'v2',
    country: (identity?.country ?? 'us').toUpperCase(),
    currency: defaults?.currency ?? 'usd',
    dashboard: dashboard ?? 'none',
    display_name: display_name ?? null,
    email: contact_email ?? null,
    entity_type: identity?.entity_type ?? null,
    fees_collector: defaults?.responsibilities?.fees_collector ?? 'application',
    losses_collector: defaults?.responsibilities?.losses_collector ?? 'application',
    metadata: mergedMetadata({}, metadata ?? {}),
    requested: requestedBy(parameters) === true,
  })
  return accountV2(account, parameters.include)
}

export function connectedAccount(call: Call, id: string): Account {
  const account = call.account.platform.connected.get(id)
  if (account === undefined) throw refused(`No such account: '${id}'`, { code: 'not_found', status: 404 })
  return account
}

export function retrieveAccountV2(call: Call, id: string): StripeObject {
  return accountV2(connectedAccount(call, id), call.parameters.include as string[] | undefined)
}

export function updateAccountV2(call: Call, id: string): StripeObject {
  const account = connectedAccount(call, id)
  const parameters = call.parameters as V2Parameters
  const profile = profileOf(account)
  const { contact_email, dashboard, defaults, display_name, identity, metadata } = parameters
  profile.email = contact_email ?? profile.email
  profile.dashboard = dashboard ?? profile.dashboard
  profile.display_name = display_name ?? profile.display_name
  profile.currency = defaults?.currency ?? profile.currency
  profile.country = identity?.country?.toUpperCase() ?? profile.country
  profile.entity_type = identity?.entity_type ?? profile.entity_type
  profile.requested = requestedBy(parameters) ?? profile.requested
  if (metadata !== undefined) profile.metadata = mergedMetadata(profile.metadata, metadata)
  setState(account, profile.state, profile.reason, call)
  return accountV2(account, parameters.include)
}

export function closeAccountV2(call: Call, id: string): StripeObject {
  const account = connectedAccount(call, id)
  setState(account, 'closed', null, call)
  return accountV2(account, undefined)
}

export function listAccountsV2(call: Call): Parts {
  const { limit = pageLimitDefault, page } = call.parameters as { limit?: number; page?: string }
  const all = [...call.account.platform.connected.values()].reverse()
  const start = page === undefined ? 0 : all.findIndex((account) => account.id === page)
  const data = all.slice(start, start + limit).map((account) => accountV2(account, undefined))
  const next = all[start + limit]
  const next_page_url = next === undefined ? null : `/v2/core/accounts?limit=${limit}&page=${next.id}`
  return { data, next_page_url, previous_page_url: null }
}

/** What is not asked for by `include` is left out. */
export function accountV2(account: Account, include: readonly string[] = []): StripeObject {
  const unknown = include.find((part) => !includable.includes(part))
  if (unknown !== undefined) throw refused(`Invalid include: ${unknown}`, { param: 'include' })
  const profile = profileOf(account)
  const has = (part: string) => include.includes(part)
  const optional = Object.entries({ contact_email: profile.email, display_name: profile.display_name }).filter(
    ([, value]) => value !== null,
  )
  return {
    id: account.id,
    object: 'v2.core.account',
    applied_configurations: profile.requested ? ['recipient'] : [],
    closed: profile.state === 'closed',
    created: date(profile.created_ms),
    dashboard: profile.dashboard,
    livemode: false,
    metadata: profile.metadata,
    ...Object.fromEntries(optional),
    ...(has('configuration.recipient') ? { configuration: { recipient: recipient(account) } } : {}),
    ...(has('defaults') ? { defaults: defaultsOf(account) } : {}),
    ...(has('future_requirements') ? { future_requirements: { entries: [] } } : {}),
    ...(has('identity') ? { identity: identityOf(account) } : {}),
    ...(has('requirements') ? { requirements: requirementsOf(account) } : {}),
  }
}

const statuses: Record<AccountState, { status: string; code?: string; resolution?: string }> = {
  onboarding: { status: 'restricted', code: 'requirements_past_due', resolution: 'provide_info' },
  pending: { status: 'pending', code: 'determining_status', resolution: 'no_resolution' },
  active: { status: 'active' },
  restricted: { status: 'restricted', code: 'requirements_past_due', resolution: 'provide_info' },
  rejected: { status: 'rejected', code: 'rejected_other', resolution: 'contact_stripe' },
  closed: { status: 'restricted', code: 'restricted_other', resolution: 'contact_stripe' },
}

function recipient(account: Account): Parts {
  const profile = profileOf(account)
  if (!profile.requested) return { applied: false }
  const { status, ...detail } = statuses[profile.state]
  const stripe_transfers = { status, status_details: detail.code === undefined ? [] : [detail] }
  return { applied: true, capabilities: { stripe_balance: { stripe_transfers } } }
}

function defaultsOf(account: Account): Parts {
  const { currency, fees_collector, losses_collector } = profileOf(account)
  return { currency, responsibilities: { fees_collector, losses_collector, requirements_collector: 'stripe' } }
}

function identityOf(account: Account): Parts {
  const { country, entity_type } = profileOf(account)
  return { country: country.toLowerCase(), ...(entity_type === null ? {} : { entity_type }) }
}

function requirementsOf(account: Account): Parts {
  const { due } = profileOf(account)
  if (due.length === 0) return { entries: [] }
  const deadline = { status: 'currently_due' }
  const impact = { restricts_capabilities: [{ capability: 'stripe_balance.stripe_transfers', configuration: 'recipient', deadline }] }
  const entries = due.map((description) => ({
    awaiting_action_from: 'user',
    description,
    errors: [],
    impact,
    minimum_deadline: deadline,
    requested_reasons: [{ code: 'routine_onboarding' }],
  }))
  return { entries, summary: { minimum_deadline: deadline } }
}

interface UseCase {
  type: string
  account_onboarding?: { refresh_url: string; return_url?: string }
  account_update?: { refresh_url: string; return_url?: string }
}

/** A link to a page of the simulator that plays Stripe's onboarding. */
export function createAccountLinkV2(call: Call): Parts {
  const account = connectedAccount(call, String(call.parameters.account))
  const use_case = call.parameters.use_case as UseCase
  const urls = use_case.account_onboarding ?? use_case.account_update
  const { url, expires_ms } = pageFor(account, urls?.return_url ?? '', urls?.refresh_url ?? '')
  return {
    object: 'v2.core.account_link',
    account: account.id,
    created: date(account.world.now_ms()),
    expires_at: date(expires_ms),
    livemode: false,
    url,
    use_case,
  }
}
