import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { unexpectedState } from '../../kernel/index.js'
import { ask } from '../ask.js'
import { lockFacts } from '../facts.js'
import { assess, type Facts, nextStep, standingAfter, type Step } from '../policy.js'
import { cancelAwaiting, closeResumes, insertClawback, insertRelease, liftReserve, offset, reserve, savePayable } from '../rows.js'

/** More steps than an order's payments, debts and clawbacks can need: what wants more goes round in a circle. */
const stepsMaximum = 200

/**
 * Moves what was released for a vendor order towards what its vendor is due, and no further than policy, holds and the
 * payee allow: more goes out, too much is taken back. May be called any number of times, by any number of workers at
 * once, and after a crash anywhere: each step is a row that is written under the order's and the vendor's locks before
 * its provider is asked under the row's key, outside any transaction.
 * @throws conflict while the provider's answer is not known
 */
export async function settleVendorOrder(context: Context, vendorOrderId: string): Promise<void> {
  let hasAsked = false
  for (let count = 0; count < stepsMaximum; count += 1) {
    const step = await context.db.unitOfWork(context.scope, async (unit) => {
      const taken = await takeStep(unit, context, vendorOrderId)
      if (hasAsked && taken.kind === 'rest') await closeResumes(unit, vendorOrderId)
      return taken
    })
    if (step.kind === 'rest') return
    if (step.kind === 'resume') {
      await ask(context, step.what, step.id)
      hasAsked = true
    }
  }
  throw unexpectedState(`Vendor order ${vendorOrderId} did not come to rest after ${stepsMaximum} steps`)
}

async function takeStep(unit: Unit, context: Context, vendorOrderId: string): Promise<Step> {
  const facts = await lockFacts(unit, context, vendorOrderId)
  if (facts === undefined) return { kind: 'rest' }
  const assessed = assess(facts)
  const { step, waitingFor } = nextStep(facts, assessed)
  const { isLookingAgain } = await savePayable(unit, facts, standingAfter(assessed, step), waitingFor)
  if (isLookingAgain && assessed.lookAgainAt !== null) {
    await emit(unit, 'payable.due', { vendor_order_id: vendorOrderId }, { availableAt: assessed.lookAgainAt, requestId: context.requestId })
  }
  return write(unit, context, facts, step)
}

/** Writes a step's rows. One that a provider is to be asked for comes back as one to go on with. */
async function write(unit: Unit, context: Context, facts: Facts, step: Step): Promise<Step> {
  switch (step.kind) {
    case 'resume':
    case 'rest':
      return step
    case 'cancel':
      await cancelAwaiting(unit, step.releaseIds)
      return step
    case 'reserve':
      await reserve(unit, context, facts, step.amountMinor, step.until)
      return step
    case 'lift_reserve':
      await liftReserve(unit, context, facts, step.hold)
      if (step.keepMinor > 0n && step.hold.until !== null) await reserve(unit, context, facts, step.keepMinor, step.hold.until)
      return step
    case 'offset':
      await offset(unit, context, facts, step.debtor, step.amountMinor)
      return step
    case 'pay_by_hand':
      await insertRelease(unit, context, facts, { method: 'manual', state: 'awaiting', amountMinor: step.amountMinor })
      // It is always the last: looking once more would find nothing to do.
      return { kind: 'rest' }
    case 'release': {
      const { payment, amountMinor, settled } = step
      const id = await insertRelease(unit, context, facts, { method: 'provider', state: 'pending', amountMinor, payment, settled })
      return { kind: 'resume', what: 'release', id }
    }
    case 'clawback': {
      const of = { vendorId: facts.vendor_id, vendorOrderId: facts.vendor_order_id, currency: facts.currency_code }
      const { releaseId, amountMinor, settled } = step
      const id = await insertClawback(unit, context, of, { method: 'provider', releaseId, amountMinor, settled })
      return { kind: 'resume', what: 'clawback', id }
    }
  }
}

/** Settles every part of an order. Handler of what happens to orders. */
export async function settleVendorOrders(context: Context, { order_id }: { order_id: string }): Promise<void> {
  const parts = await context.db.read(
    context.scope,
    statement<{ id: string }>('payouts.parts_of_order', 'select id from vendor_order where tenant_id = $1 and order_id = $2 order by id', [
      tenantOf(context),
      order_id,
    ]),
  )
  await settleEach(context, parts)
}

const page = 500

/** Settles all that is open of a vendor: what it is owed, and what is held of it. Handler of `vendor.payable_changed`. */
export async function settleVendor(context: Context, { vendor_id }: { vendor_id: string }): Promise<void> {
  let after = ''
  for (;;) {
    const parts = await context.db.read(
      context.scope,
      statement<{ id: string }>(
        'payouts.open_parts_of_vendor',
        `select p.vendor_order_id as id from payable p
         where p.tenant_id = $1 and p.vendor_id = $2 and p.due_minor <> p.released_minor and p.vendor_order_id > $3
         order by p.vendor_order_id limit $4`,
        [tenantOf(context), vendor_id, after, page],
      ),
    )
    await settleEach(context, parts)
    const last = parts.at(-1)
    if (last === undefined || parts.length < page) return
    after = last.id
  }
}

/** Has every vendor that is owed something looked at, each in a job of its own. Handler of `store.release_policy_changed`. */
export async function settleVendors(context: Context): Promise<void> {
  let after = ''
  for (;;) {
    const vendors = await context.db.unitOfWork(context.scope, async (unit) => {
      const found = await unit.run(
        statement<{ id: string }>(
          'payouts.vendors_with_open_parts',
          `select v.id from vendor v where v.tenant_id = $1 and v.id > $2 and exists (
             select 1 from payable p where p.tenant_id = $1 and p.vendor_id = v.id and p.due_minor <> p.released_minor)
           order by v.id limit $3`,
          [tenantOf(unit), after, page],
        ),
      )
      for (const { id } of found) await emit(unit, 'vendor.payable_changed', { vendor_id: id }, { requestId: context.requestId })
      return found
    })
    const last = vendors.at(-1)
    if (last === undefined || vendors.length < page) return
    after = last.id
  }
}

/** One that has to wait for its provider keeps no other waiting. @throws the first failure, after all were tried */
async function settleEach(context: Context, parts: readonly { id: string }[]): Promise<void> {
  const failures: unknown[] = []
  for (const { id } of parts) {
    try {
      await settleVendorOrder(context, id)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
