import type Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { Outcome, PayeePort, PayeeSnapshot, ProviderCall, ReleaseSnapshot } from '../../payments/index.js'
import { fromStripeAmount, stepMinorOf, toStripeAmount } from './amounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { attempt, refusalOf } from './outcomes.js'

const include: ('configuration.recipient' | 'requirements' | 'defaults' | 'identity')[] = [
  'configuration.recipient',
  'requirements',
  'defaults',
  'identity',
]

const page = 100
/** More than one order or one transfer can have, and what one call reads at most. */
const listedMost = 1_000

function takenBackOf(reversal: Stripe.TransferReversal): ReleaseSnapshot['takenBack'][number] {
  const operation = reversal.metadata?.operation ?? ''
  return {
    reference: reversal.id,
    clawbackId: operation.startsWith('clawback:') ? operation.slice('clawback:'.length) : null,
    amountMinor: fromStripeAmount(reversal.amount, reversal.currency),
  }
}

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
    stepMinor: stepMinorOf,
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
            metadata: {
              operation: call.operationKey,
              tenant: call.tenantId,
              ...(payee.vendorId === null ? { payee: 'store' } : { vendor: payee.vendorId }),
            },
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
    fetchRelease(call, reference) {
      assertNoUnit('reading a release')
      return attempt(async () => {
        const client = clientOf(call)
        const transfer = await client.transfers.retrieve(reference)
        const reversals =
          transfer.amount_reversed === 0
            ? []
            : await client.transfers.listReversals(reference, { limit: page }).autoPagingToArray({ limit: listedMost })
        return { kind: 'ok', value: { reference, takenBack: reversals.map(takenBackOf) } }
      })
    },
    clawback(call, clawback) {
      assertNoUnit('taking money back')
      return attempt(async () => {
        const client = clientOf(call)
        const earlier =
          call.firstSentAt === null
            ? undefined
            : (await client.transfers.listReversals(clawback.release, { limit: page }).autoPagingToArray({ limit: listedMost })).find(
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

type Made = Outcome<{ reference: string }>

/** Asks first whether the vendor may be paid: Stripe does not say so in one way only. `source_transaction` makes a transfer wait for the charge's money instead of failing for want of it. */
async function pay(client: Stripe, call: ProviderCall, release: Parameters<PayeePort['release']>[1]): Promise<Made> {
  const charge = release.data.latest_charge
  const transfer_group = release.orderId
  const listed = () => client.transfers.list({ transfer_group, limit: page }).autoPagingToArray({ limit: listedMost })
  if (call.firstSentAt !== null) {
    const earlier = (await listed()).find((made) => made.metadata.operation === call.operationKey)
    if (earlier !== undefined) return { kind: 'ok', value: { reference: earlier.id } }
  }
  const account = await client.v2.core.accounts.retrieve(release.payee, { include })
  if (snapshotOf(account).status !== 'active')
    return { kind: 'rejected', code: 'payee_inactive', message: `The payee ${release.payee} cannot be paid yet, or any more` }
  const transfer = {
    amount: toStripeAmount(release.money),
    currency: release.money.currency,
    destination: release.payee,
    transfer_group,
    metadata: { operation: call.operationKey, tenant: call.tenantId, order: release.orderId },
  }
  if (typeof charge !== 'string') return create(client, transfer, call.operationKey)
  try {
    return await create(client, { ...transfer, source_transaction: charge }, call.operationKey)
  } catch (error) {
    if (refusalOf(error).kind !== 'rejected') throw error
    // What came back of earlier transfers is in the account's balance, and may not count as the charge's any more.
    if (!(await listed()).some((made) => made.source_transaction === charge && made.amount_reversed > 0)) throw error
    return create(client, transfer, `${call.operationKey}:balance`)
  }
}

async function create(client: Stripe, transfer: Stripe.TransferCreateParams, idempotencyKey: string): Promise<Made> {
  const made = await client.transfers.create(transfer, { idempotencyKey })
  return { kind: 'ok', value: { reference: made.id } }
}
