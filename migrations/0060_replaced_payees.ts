import type { Knex } from 'knex'

/** Outside a transaction: indexes of tables in use are built beside their writers. */
export const config = { transaction: false }

/**
 * A payee that its provider will not pay any more may be followed by another: one of a vendor and account is in use. Processes of
 * the version before name the constraint that goes here when they make a payee: until the last of them is replaced, that one
 * request fails, and is good when it is sent again.
 */
export async function up(knex: Knex): Promise<void> {
  // Without a default: no row is rewritten. Repeated where the build below was broken off.
  await knex.raw('alter table app.payee add column if not exists replaced_at timestamptz(3)')
  await knex.raw('drop index concurrently if exists app.payee_in_use')
  await knex.raw(
    'create unique index concurrently payee_in_use on app.payee (tenant_id, vendor_id, payment_account_id) where replaced_at is null',
  )
  await knex.raw('alter table app.payee drop constraint if exists payee_tenant_id_vendor_id_payment_account_id_key')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
