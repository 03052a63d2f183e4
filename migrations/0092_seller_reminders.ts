import type { Knex } from 'knex'

/** Outside a transaction: the check is looked through without holding up writers. Everything is repeated where it was broken off. */
export const config = { transaction: false }

/** Whether a store reminds its sellers of what they have not said of themselves, and how often each was. Rewrites nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.store add column if not exists seller_reminders_at timestamptz(3)`)
  await knex.raw(`
    alter table app.vendor
      add column if not exists identity_reminders integer not null default 0,
      add column if not exists identity_reminded_at timestamptz(3),
      add column if not exists identity_asked_at timestamptz(3),
      add column if not exists identity_withheld_at timestamptz(3)`)
  await knex.raw(`
    alter table app.hold drop constraint if exists hold_reason_check,
      add constraint hold_reason_check
      check (reason in ('kyc', 'new_vendor', 'delivery', 'dispute', 'reserve', 'manual', 'legal', 'identity')) not valid`)
  await knex.raw('alter table app.hold validate constraint hold_reason_check')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
