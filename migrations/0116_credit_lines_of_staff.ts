import type { Knex } from 'knex'

/** Which line of credit a credit is a part of that staff gave an order by itself, and what they say that it is for. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.order_credit
      add column credit_line_id text collate "C",
      add column reference text,
      add column reference_id text,
      add column metadata jsonb`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
