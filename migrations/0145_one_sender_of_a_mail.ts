import type { Knex } from 'knex'

/** Who sends a mail, and until when nobody else may: two handlers of one moment sent two. Columns without a default: no row is written anew. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.notification
      add column sender text collate "C",
      add column sending_until timestamptz(3)`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
