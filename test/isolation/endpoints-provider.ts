import type { TestApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { openBank, PayingBank } from '../support/paying-bank.js'
import type { TestStore } from '../support/store.js'

/** What only a payment provider elsewhere brings about: an account, an event of it, and a dispute of a payment. */
export async function addProviderRows(app: TestApp, { tenantId }: TestStore): Promise<void> {
  const id = (prefix: string) => `'${prefix}_' || upper(replace(gen_random_uuid()::text, '-', ''))`
  await asAdmin(
    app.adminUrl,
    `with account as (
       insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash)
       values ($1, ${id('pacct')}, 'pp_stripe_stripe', 'test', 'acct_twin', 'us', 'sealed', 'hash') returning id
     ), event as (
       insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, state, occurred_at)
       select $1, ${id('pevt')}, a.id, 'evt_twin', 'twin', '{}', 'parked', now() from account a
     )
     insert into app.dispute (tenant_id, id, payment_id, order_id, reference, currency_code, amount_minor, reason, status)
     select $1, ${id('disp')}, p.id, k.order_id, 'du_twin', 'usd', 100, 'general', 'needs_response'
     from app.payment p join app.payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
     where p.tenant_id = $1 order by p.id limit 1`,
    [tenantId],
  )
}

/** Both worlds' stores have accounts at the same bank. */
const bank = new PayingBank()

/** Who the vendors are to the bank that pays them, and something that was kept back of each until yesterday. */
export async function addPayees(app: TestApp, store: TestStore): Promise<void> {
  await openBank(app, store, bank)
  const until = new Date(Date.now() - 86_400_000).toISOString()
  for (const index of [0, 1]) {
    good(await store.vendor(index).post('/vendor/payee', { country: 'us', kind: 'company' }))
    const { orders } = good(await store.vendor(index).get('/vendor/orders', { limit: 1, order: 'id' }))
    good(await store.admin.post('/admin/holds', { vendor_order_id: orders[0].id, reason: 'manual', amount: 1, until }))
  }
}
