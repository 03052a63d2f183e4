import type { Knex } from 'knex'

/** What is known of stock beside its number, and metadata of which only what is named changes. */
export async function up(knex: Knex): Promise<void> {
  // Columns without a default rewrite nothing.
  await knex.raw(`
    alter table app.inventory_item
      add column description text, add column thumbnail text, add column hs_code text, add column mid_code text,
      add column origin_country text, add column material text, add column unit_of_measure text,
      add column weight double precision, add column length double precision, add column height double precision,
      add column width double precision`)
  await knex.raw(`
    alter table app.reservation
      add column metadata jsonb, add column created_by text, add column line_item_note text collate "C"`)
  await knex.raw(`
    create function app.merged_metadata(before jsonb, given jsonb) returns jsonb language sql immutable parallel safe as $$
      select case when given is null or given = 'null'::jsonb then null
        else (select coalesce(jsonb_object_agg(pair.key, pair.value) filter (where pair.value <> '""'::jsonb), '{}'::jsonb)
              from jsonb_each(coalesce(before, '{}'::jsonb) || given) as pair) end
    $$`)
  await knex.raw(`
    comment on function app.merged_metadata(jsonb, jsonb) is
      'What a thing keeps for its client after a change: keys that are not named stay, an empty text takes a key away, null takes all.'`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
