import type { Knex } from 'knex'
import { eachStore } from '../src/db/index.js'

/** Outside a transaction: an index of a table in use is built beside its writers, and each store's rows are written by themselves. */
export const config = { transaction: false }

/**
 * What a provider that keeps another currency than shoppers pay in makes of their money: what it was before it was changed, what
 * of it went out again at the rate at which it came in, and what vendors are sent of it.
 */
export async function up(knex: Knex): Promise<void> {
  // Without defaults: no row is rewritten. Repeated where a step below was broken off.
  await knex.raw(`
    alter table app.payment_movement
      add column if not exists original_minor bigint,
      add column if not exists original_currency_code text collate "C",
      add column if not exists cost_minor bigint`)
  for (const table of ['release', 'clawback']) {
    await knex.raw(`
      alter table app.${table}
        add column if not exists settled_minor bigint,
        add column if not exists settled_currency_code text collate "C"`)
    await knex.raw(`alter table app.${table} drop constraint if exists ${table}_settled`)
    await knex.raw(`
      alter table app.${table} add constraint ${table}_settled
      check ((settled_minor is null) = (settled_currency_code is null) and settled_minor > 0) not valid`)
    await knex.raw(`alter table app.${table} validate constraint ${table}_settled`)
  }
  await perStore(knex)
  await knex.raw('drop index concurrently if exists app.payment_movement_exchanged')
  await knex.raw(`
    create index concurrently payment_movement_exchanged on app.payment_movement (tenant_id, payment_account_id, original_currency_code)
    where original_minor is not null`)
}

/**
 * What was changed before is in the books; but of a charge that was captured in part they have what was captured, beside all of it in the other
 * currency. Left without an original, as before, where the books and the amount that was authorised are not the same.
 */
async function perStore(knex: Knex): Promise<void> {
  await eachStore(
    knex,
    `
      update app.payment_movement m set original_minor = g.amount_minor, original_currency_code = g.currency_code
      from app.ledger_transaction t
      join app.ledger_posting g on g.tenant_id = t.tenant_id and g.transaction_id = t.id
      join app.ledger_account a on a.tenant_id = g.tenant_id and a.id = g.account_id and a.code = 'A:fx_clearing'
      where m.tenant_id = store.id and t.tenant_id = store.id and t.source = m.reference || ':from' and t.kind = 'conversion'
        and m.original_minor is null
        and (m.category <> 'charge' or not exists (
          select 1 from app.payment_session s
          where s.tenant_id = store.id and s.reference = m.payment_reference and s.currency_code = g.currency_code
            and s.amount_minor <> g.amount_minor));
      commit;`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
