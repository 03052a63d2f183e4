import type { TestApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import type { TestStore } from '../support/store.js'

const storeRows = (table: string) => ({ sql: `select id from app.${table} where tenant_id = $1`, ofVendor: false })
export const providerKinds = {
  dispute: storeRows('dispute'),
  payment_account: { sql: `select id from app.payment_account where tenant_id = $1 and reference = 'acct_twin'`, ofVendor: false },
  operator_account: { sql: `select id from platform.payment_account where reference = 'acct_' || $1::text`, ofVendor: false },
  operator_event: {
    sql: `select e.id from platform.payment_event e join platform.payment_account a on a.id = e.payment_account_id where a.reference = 'acct_' || $1::text`,
    ofVendor: false,
  },
  payment_event: storeRows('payment_event'),
  reconciliation_exception: storeRows('reconciliation_exception'),
  reconciliation_run: storeRows('reconciliation_run'),
}

/** A worker that told operators of the events meanwhile would pass for a request that wrote. */
const notYet = `now() + interval '1 day'`

/** What only a payment provider elsewhere brings about: an account, an event of it, a dispute of a payment, and a reconciliation. */
export async function addProviderRows(app: TestApp, { tenantId }: TestStore): Promise<void> {
  const id = (prefix: string) => `'${prefix}_' || upper(replace(gen_random_uuid()::text, '-', ''))`
  await asAdmin(
    app.adminUrl,
    `with account as (
       insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash, status)
       values ($1, ${id('pacct')}, 'pp_stripe_stripe', 'test', 'acct_twin', 'us', 'sealed', ${id('hash')}, 'disabled') returning id
     ), event as (
       insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, state, occurred_at)
       select $1, ${id('pevt')}, a.id, 'evt_twin', 'twin', '{}', 'parked', now() from account a
     ), run as (
       insert into app.reconciliation_run (tenant_id, id, payment_account_id, state, since, seen_until)
       select $1, ${id('recrun')}, a.id, 'done', now(), now() from account a
     ), exception as (
       insert into app.reconciliation_exception (tenant_id, id, payment_account_id, kind, reference, detail, first_seen_at)
       select $1, ${id('recexc')}, a.id, 'movement_unmatched', 'txn_twin', 'twin', now() from account a
     )
     insert into app.dispute (tenant_id, id, payment_id, order_id, reference, currency_code, amount_minor, reason, status)
     select $1, ${id('disp')}, p.id, k.order_id, 'du_twin', 'usd', 100, 'general', 'needs_response'
     from app.payment p join app.payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
     where p.tenant_id = $1 order by p.id limit 1`,
    [tenantId],
  )
  // The operator's accounts are no store's: each store has one of its own here, so that ids tell the two apart.
  await asAdmin(
    app.adminUrl,
    `with account as (
       insert into platform.payment_account (id, provider_id, mode, reference, country, credentials, status)
       values (${id('pacct')}, 'pp_stripe_stripe', 'test', 'acct_' || $1::text, 'us', 'sealed', 'disabled') returning id
     )
     insert into platform.payment_event (id, payment_account_id, event_reference, type, touched, is_live, payload, state, occurred_at, alarm_at)
     select ${id('pevt')}, a.id, 'evt_twin', 'twin', '{}', false, '{}', 'parked', now(), ${notYet} from account a`,
    [tenantId],
  )
}

/** An event of the store's account that was set aside. */
export async function addParkedEvent(app: TestApp, { tenantId }: TestStore): Promise<string> {
  const [event] = await asAdmin<{ id: string }>(
    app.adminUrl,
    `insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, state, occurred_at)
     select $1, e.id, a.id, e.id, 'twin', '{}', 'parked', now()
     from app.payment_account a cross join (select 'pevt_' || upper(replace(gen_random_uuid()::text, '-', '')) as id) e
     where a.tenant_id = $1 and a.reference = 'acct_twin' returning id`,
    [tenantId],
  )
  return event?.id as string
}

/** An event that was set aside before it was known for which store its object was made. */
export async function addOperatorEvent(app: TestApp, { tenantId }: TestStore): Promise<string> {
  const [event] = await asAdmin<{ id: string }>(
    app.adminUrl,
    `with account as (
       select id, provider_id from platform.payment_account where reference = 'acct_' || $1::text
     ), stand_in as (
       insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, operator_account_id, status)
       select $1::uuid, 'pacct_' || a.id, a.provider_id, 'test', 'acct_operator', 'us', a.id, 'disabled' from account a on conflict do nothing
     ), reference as (
       insert into platform.payment_reference (payment_account_id, reference, tenant_id) select id, 'pi_twin', $1::uuid from account on conflict do nothing
     )
     insert into platform.payment_event (id, payment_account_id, event_reference, type, touched, is_live, payload, state, occurred_at, alarm_at)
     select e.id, a.id, e.id, 'twin', '{pi_twin}', false, '{}', 'parked', now(), ${notYet}
     from account a cross join (select 'pevt_' || upper(replace(gen_random_uuid()::text, '-', '')) as id) e returning id`,
    [tenantId],
  )
  return event?.id as string
}
