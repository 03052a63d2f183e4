import type { Knex } from 'knex'

/** A parcel may go elsewhere than the rest of its order, staff may ask for an order to change hands, and have a picture. */
export async function up(knex: Knex): Promise<void> {
  // Without a default: no row is rewritten.
  await knex.raw(`alter table app.fulfillment add column delivery_address jsonb`)
  await knex.raw(`comment on column app.fulfillment.delivery_address is 'Null where the parcel goes where its order does.'`)
  await knex.raw(`alter table app.store_user add column avatar_url text, add column metadata jsonb`)
  await knex.raw(`alter table app.order_transfer add column internal_note text, add column created_by text,
    alter column original_email drop not null`)
  await knex.raw(
    `comment on column app.order_transfer.original_email is 'Null where staff handed over an order that had none: nobody was asked.'`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
