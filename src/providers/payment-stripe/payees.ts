import type Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { Outcome, PayeePort, PayeeSnapshot, ProviderCall } from '../../payments/index.js'
import { toStripeAmount } from './amounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { attempt } from './outcomes.js'

const include: ('configuration.recipient' | 'requirements' | 'defaults' | 'identity')[] = [
  'configuration.recipient',
  'requirements',
  'defaults',
  'identity',
]

function snapshotOf(account: Stripe.V2.Core.Account): PayeeSnapshot {
  const capability = account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers
  const open = (account.requirements?.entries ?? []).map((entry) => entry.description)
  return {
    reference: account.id,
    status: account.closed === true ? 'closed' : statusOf(capability?.status, open.length > 0),
    requirements: open,
    country: account.identity?.country ?? '',
    currency: account.defaults?.currency ?? null,
  }
}

function statusOf(status: string | undefined, asksForMore: boolean): PayeeSnapshot['status'] {
  switch (status) {
    case 'active':
      return 'active'
    case 'pending':
      return asksForMore ? 'onboarding' : 'pending_verification'
    case 'restricted':
      return asksForMore ? 'onboarding' : 'restricted'
    case 'unsupported':
    case 'rejected':
      return 'rejected'
    case undefined:
      return 'onboarding'
    default:
      return 'unrecognised'
  }
}

/** Vendors as recipients of Accounts v2, paid by transfers: separate charges and transfers. */
export function stripePayees(access: StripeAccess): PayeePort {
  const clientOf = (call: ProviderCall) => access.clientOf(accountOf(call))
  return {
    createPayee(call, payee) {
      assertNoUnit('making a payee')
      return attempt(async () => {
        const account = await clientOf(call).v2.core.accounts.create(
          {
            contact_email: payee.email,
            display_name: payee.name,
            dashboard: 'express',
            identity: { country: payee.country, entity_type: payee.kind },
            configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
            defaults: { currency: payee.currency, responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
            metadata: { operation: call.operationKey, tenant: call.tenantId, vendor: payee.vendorId },
            include,
          },
          { idempotencyKey: call.operationKey },
        )
        return { kind: 'ok', value: snapshotOf(account) }
      })
    },
    fetchPayee(call, reference) {
      assertNoUnit('reading a payee')
      return attempt(async () => ({
        kind: 'ok',
        value: snapshotOf(await clientOf(call).v2.core.accounts.retrieve(reference, { include })),
      }))
    },
    onboardingLink(call, reference, urls) {
      assertNoUnit('making a link')
      return attempt(async () => {
        const link = await clientOf(call).v2.core.accountLinks.create({
          account: reference,
          use_case: {
            type: 'account_onboarding',
            account_onboarding: {
              refresh_url: urls.refreshUrl,
              return_url: urls.returnUrl,
              collection_options: { fields: 'eventually_due' },
            },
          },
        })
        return { kind: 'ok', value: { url: link.url, expiresAt: new Date(link.expires_at) } }
      })
    },
    release(call, release) {
      assertNoUnit('releasing money')
      return attempt(async () => pay(clientOf(call), call, release))
    },
    clawback(call, clawback) {
      assertNoUnit('taking money back')
      return attempt(async () => {
        const client = clientOf(call)
        const earlier =
          call.firstSentAt === null
            ? undefined
            : (await client.transfers.listReversals(clawback.release, { limit: 100 })).data.find(
                (made) => made.metadata?.operation === call.operationKey,
              )
        const made =
          earlier ??
          (await client.transfers.createReversal(
            clawback.release,
            { amount: toStripeAmount(clawback.money), metadata: { operation: call.operationKey } },
            { idempotencyKey: call.operationKey },
          ))
        return { kind: 'ok', value: { reference: made.id } }
      }).then((outcome) =>
        outcome.kind === 'rejected' && outcome.code === 'balance_insufficient' ? { ...outcome, code: 'insufficient' } : outcome,
      )
    },
  }
}

/** Asks first whether the vendor may be paid: Stripe does not say so in one way only. `source_transaction` makes a transfer wait for the charge's money instead of failing for want of it. */
async function pay(
  client: Stripe,
  call: ProviderCall,
  release: Parameters<PayeePort['release']>[1],
): Promise<Outcome<{ reference: string }>> {
  const charge = release.data.latest_charge
  const transfer_group = release.orderId
  if (call.firstSentAt !== null) {
    const { data } = await client.transfers.list({ transfer_group, limit: 100 })
    const earlier = data.find((made) => made.metadata.operation === call.operationKey)
    if (earlier !== undefined) return { kind: 'ok', value: { reference: earlier.id } }
  }
  const account = await client.v2.core.accounts.retrieve(release.payee, { include })
  if (snapshotOf(account).status !== 'active')
    return { kind: 'rejected', code: 'payee_inactive', message: `The payee ${release.payee} cannot be paid yet, or any more` }
  const made = await client.transfers.create(
    {
      amount: toStripeAmount(release.money),
      currency: release.money.currency,
      destination: release.payee,
      transfer_group,
      ...(typeof charge === 'string' ? { source_transaction: charge } : {}),
      metadata: { operation: call.operationKey, tenant: call.tenantId, order: release.orderId },
    },
    { idempotencyKey: call.operationKey },
  )
  return { kind: 'ok', value: { reference: made.id } }
}
