import type { Knex } from 'knex'

/** Outside a transaction: indexes and keys of tables in use are built beside their writers. */
export const config = { transaction: false }

const keys = {
  release: { name: 'release_payee', text: 'foreign key (tenant_id, payee_id) references app.payee (tenant_id, id)' },
  clawback: { name: 'clawback_release', text: 'foreign key (tenant_id, release_id) references app.release (tenant_id, id)' },
} as const

/**
 * A store that is charged on the operator's account is a payee there, as its vendors are: its payee, releases and clawbacks are rows
 * without a vendor, which no vendor sees. A key that names the vendor does not bind them, so each has one that does not.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.payee alter column vendor_id drop not null, add column if not exists held_reason text')
  await knex.raw('drop index concurrently if exists app.payee_of_store')
  await knex.raw(`
    create unique index concurrently payee_of_store on app.payee (tenant_id, payment_account_id)
    where vendor_id is null and replaced_at is null`)
  await movements(knex)
  await knex.raw('drop index concurrently if exists app.release_of_store')
  await knex.raw('drop index concurrently if exists app.clawback_of_store')
  await knex.raw(`
    create unique index concurrently release_of_store on app.release (tenant_id, payee_id, currency_code)
    where vendor_id is null and state = 'pending'`)
  await knex.raw(`
    create unique index concurrently clawback_of_store on app.clawback (tenant_id, release_id)
    where vendor_id is null and state = 'pending'`)
}

async function movements(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.release alter column vendor_id drop not null, alter column vendor_order_id drop not null, alter column order_id drop not null`)
  await knex.raw('alter table app.clawback alter column vendor_id drop not null, alter column vendor_order_id drop not null')
  // The check by which each release of a provider's named a payment: the store's is of the account's balance.
  await knex.raw('alter table app.release drop constraint if exists release_check')
  const checks = {
    release: [
      ['release_paid_from', `method <> 'provider' or (payee_id is not null and (vendor_id is null or payment_id is not null))`],
      ['release_of_whom', `(vendor_id is null) = (vendor_order_id is null) and (vendor_id is null) = (order_id is null)`],
      ['release_of_store_only', `vendor_id is not null or (method = 'provider' and payout_id is null and payment_id is null)`],
    ],
    clawback: [
      ['clawback_of_whom', `(vendor_id is null) = (vendor_order_id is null)`],
      ['clawback_of_store_only', `vendor_id is not null or (method = 'provider' and payout_id is null)`],
    ],
  } as const
  for (const table of ['release', 'clawback'] as const) {
    const added = [...checks[table].map(([name, text]) => ({ name, text: `check (${text})` })), keys[table]]
    for (const { name, text } of added) {
      await knex.raw(`alter table app.${table} drop constraint if exists ${name}`)
      await knex.raw(`alter table app.${table} add constraint ${name} ${text} not valid`)
      await knex.raw(`alter table app.${table} validate constraint ${name}`)
    }
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
