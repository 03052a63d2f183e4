import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { notAllowed, notFound, type StoaError, toMajor, toMinor } from '../../kernel/index.js'
import { lockFacts } from '../facts.js'
import { assess, type Assessment, type Facts, inForce } from '../policy.js'
import { savePayable } from '../rows.js'
import { settleVendorOrder } from './settle-vendor-order.js'

/**
 * Releases what a vendor is owed for an order before the store's policy would, or because the policy leaves it to staff: all
 * of it, or an amount. That it may is noted first, so that a crash after it changes nothing.
 * @param amount major units
 * @throws not_found; not_allowed with a code that says why: `not_paid`, `gift_cards_to_come`, `nothing_due`, `on_hold`,
 * `more_than_due`, `payee_not_active`; conflict while the provider's answer is not known
 */
export async function releaseVendorOrder(context: Context, vendorOrderId: string, amount?: number): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) => approve(unit, context, vendorOrderId, amount))
  await settleVendorOrder(context, vendorOrderId)
}

async function approve(unit: Unit, context: Context, vendorOrderId: string, amount: number | undefined): Promise<void> {
  const facts = await lockFacts(unit, context, vendorOrderId)
  if (facts === undefined) throw notFound(`Vendor order with id: ${vendorOrderId} was not found`)
  const wanted = amount === undefined ? null : toMinor(amount, facts.currency_code)
  // As if staff had allowed everything: what is left then is kept back by something else.
  const assessed = assess({ ...facts, approved_minor: facts.vendor_amount_minor })
  refuse(facts, assessed, wanted)
  const approved = assessed.releasedMinor + (wanted ?? assessed.availableMinor)
  await savePayable(unit, facts, assess(facts), assessed.waitingFor)
  await unit.run(
    statement(
      'payouts.approve',
      'update payable set approved_minor = greatest(approved_minor, $3), updated_at = now() where tenant_id = $1 and vendor_order_id = $2',
      [tenantOf(unit), vendorOrderId, approved],
    ),
  )
}

/** Says why a release is not to be. */
function refuse(facts: Facts, assessed: Assessment, wanted: bigint | null): void {
  const shown = (minor: bigint) => `${toMajor(minor, facts.currency_code)} ${facts.currency_code.toUpperCase()}`
  if (!facts.is_paid) throw notAllowed('The order is not paid in full yet: capture its payment first.', 'not_paid')
  if (facts.gift_cards_to_come)
    throw notAllowed('The gift cards of this order are not made yet. Try again in a moment.', 'gift_cards_to_come')
  const open = assessed.dueMinor - facts.pending_credit_minor - assessed.releasedMinor
  if (open <= 0n) throw notAllowed('The vendor is owed nothing more for this order.', 'nothing_due')
  if (wanted !== null && wanted > open) throw notAllowed(`The vendor is owed ${shown(open)} for this order, and no more.`, 'more_than_due')
  if (assessed.availableMinor === 0n || (wanted !== null && wanted > assessed.availableMinor))
    throw onHold(facts, shown(assessed.availableMinor))
  refuseUnverified(facts, wanted ?? assessed.availableMinor, shown)
}

function onHold(facts: Facts, most: string): StoaError {
  const holds = inForce(facts.holds, facts.now).map(
    (hold) => `${hold.reason}${hold.until === null ? '' : ` until ${hold.until.toISOString().slice(0, 10)}`} (${hold.id})`,
  )
  return notAllowed(
    `What the vendor is owed is held: ${holds.join(', ')}. ${most} can be released; for more, lift what holds it (POST /admin/holds/<id>/release).`,
    'on_hold',
  )
}

/** Who has to do what before a payee can be paid. */
function adviceOn(status: string | null): string {
  if (status === null) return 'The vendor registers it in the vendor portal (POST /vendor/payee).'
  if (status === 'rejected' || status === 'closed')
    return 'The vendor begins anew with another account in the vendor portal (POST /vendor/payee).'
  return 'The vendor gives the provider what it still asks for (POST /vendor/payee/onboarding-link).'
}

/** What a provider holds for a vendor that it does not know well enough yet cannot go out. */
function refuseUnverified(facts: Facts, wanted: bigint, shown: (minor: bigint) => string): void {
  const blocked = facts.payments.filter((payment) => facts.paysVendors(payment.provider_id) && payment.payee_status !== 'active')
  const held = blocked.reduce((sum, payment) => sum + (payment.left_minor > 0n ? payment.left_minor : 0n), 0n)
  const [first] = blocked
  if (first === undefined || held === 0n) return
  const status = first.payee_status ?? 'not registered'
  throw notAllowed(
    `${shown(wanted < held ? wanted : held)} are held at ${first.provider_id}, where the vendor's payee is ${status.replaceAll('_', ' ')}: it must be active to be paid. ${adviceOn(first.payee_status)}`,
    'payee_not_active',
  )
}
