import type { Knex } from 'knex'

/** Outside a transaction: the index of variants is built beside their writers. */
export const config = { transaction: false }

/** SQL: what is searched of a variant. Its SKU is sorted as bytes, so the collation is said. */
const variantText = (v: string) =>
  `lower((${v}title || ' ' || coalesce(${v}sku, '') || ' ' || coalesce(${v}barcode, '') || ' ' || coalesce(${v}ean, '') || ' ' ||
    coalesce(${v}upc, '')) collate "default")`

/**
 * Products are found by words in any order, and by what their variants are called and numbered, as Medusa's are. The functions
 * of one pattern stay for the processes of the version before, until the last of them is replaced.
 */
export async function up(knex: Knex): Promise<void> {
  // It costs 3 000 new variants of 1 000 products 30 ms of CPU, where all that is written of these takes 1.1 s, and is a seventh of its
  // table's size.
  await knex.raw('drop index concurrently if exists app.product_variant_search')
  await knex.raw(`
    create index concurrently product_variant_search on app.product_variant using gin (tenant_id, (${variantText('')}) gin_trgm_ops)
    where deleted_at is null`)
  await knex.raw('grant select (tenant_id, product_id, title, sku, barcode, ean, upc, deleted_at) on app.product_variant to search_reader')
  await knex.raw('drop policy if exists search_read on app.product_variant')
  await knex.raw('create policy search_read on app.product_variant for select to search_reader using (true)')
  // In one transaction: a break leaves nothing half made, and the searcher without the right to create.
  await knex.transaction(functions)
}

/**
 * The statements are put together of positions in an array alone, never of what was typed: so each pattern has the index to
 * itself. A product has the words when its own text has them all, or when its variants have what its text has not. Variants are
 * looked for by the longest word, which the fewest have as a rule, and for no more than the most: 90 000 that all have the word
 * took 0.6 s. What they are of, and what has the longest word itself and lacks another, is held with all of its variants against the
 * other words, in one piece: a look at the variants for each word took 0.56 s of CPU for eight words among 20 000 products of four, and
 * takes 0.13 s so, and 0.37 s for the dearest eight. Each is fetched by itself (the `limit` within): joined, the planner took the other
 * words to leave next to nothing, and went through all that was left for each (13 s).
 */
async function functions(knex: Knex): Promise<void> {
  const named = ['app.search_products(text[], integer)', 'app.search_translations(text[], text[], integer)']
  // A run before may have made them and broken off before it was noted. They are the searcher's then: the schema's owner may drop them, and
  // replace them not.
  for (const name of named) await knex.raw(`drop function if exists ${name}`)
  await knex.raw(`
    create function app.search_products(patterns text[], most integer) returns table (id text)
    language plpgsql stable security definer set search_path = app, public
    as $$
    declare
      tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
      longest integer := (select w.position from unnest(patterns) with ordinality w (pattern, position)
        order by length(w.pattern) desc, w.position limit 1);
      own text := '';
      others text := '';
    begin
      for n in 1 .. cardinality(patterns) loop
        own := own || format(' and p.search_text like ($1)[%s]', n);
      end loop;
      if cardinality(patterns) > 1 then
        others := $text$ where (
          select concat_ws(' ', p.search_text, string_agg(${variantText('v.')}, ' ')) from app.product_variant v
          where v.tenant_id = $2 and v.product_id = p.id and v.deleted_at is null) like all($1)$text$;
      end if;
      return query execute format($text$
        (select p.id from app.product p where p.tenant_id = $2 and p.deleted_at is null %1$s limit $3)
        union
        (select p.id from (
           (select p.id from app.product p where p.tenant_id = $2 and p.deleted_at is null and p.search_text like ($1)[%2$s]
              and not p.search_text like all($1) limit $4)
           union
           (select v.product_id from app.product_variant v
            where v.tenant_id = $2 and v.deleted_at is null and ${variantText('v.')} like ($1)[%2$s] limit $3)) c
         cross join lateral (
           select p.id, p.search_text from app.product p where p.tenant_id = $2 and p.id = c.id and p.deleted_at is null limit 1) p
         %3$s)$text$, own, longest, others)
        using patterns, tenant, most, case when cardinality(patterns) = 1 then 0 else most end;
    end $$`)
  await knex.raw(`
    create function app.search_translations(patterns text[], locales text[], most integer) returns table (id text)
    language plpgsql stable security definer set search_path = app, public
    as $$
    declare
      wanted text := '';
    begin
      for n in 1 .. cardinality(patterns) loop
        wanted := wanted || format(' and t.search_text like ($1)[%s]', n);
      end loop;
      return query execute format($text$
        select t.reference_id from app.translation t
        where t.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
          and t.reference = 'product' and t.locale_code = any($2) %s
        limit $3$text$, wanted)
        using patterns, locales, most;
    end $$`)
  // The new owner must be allowed to create in the schema at the moment of the change, and at no other.
  await knex.raw('grant create on schema app to search_reader')
  for (const name of named) {
    await knex.raw(`revoke all on function ${name} from public`)
    await knex.raw(`grant execute on function ${name} to app_store, app_vendor, app_platform`)
    await knex.raw(`alter function ${name} owner to search_reader`)
  }
  await knex.raw('revoke create on schema app from search_reader')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
