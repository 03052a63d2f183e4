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
  await knex.raw('drop index concurrently if exists app.product_variant_search')
  await knex.raw(`
    create index concurrently product_variant_search on app.product_variant using gin (tenant_id, (${variantText('')}) gin_trgm_ops)
    where deleted_at is null`)
  await knex.raw('grant select (tenant_id, product_id, title, sku, barcode, ean, upc, deleted_at) on app.product_variant to search_reader')
  await knex.raw('drop policy if exists search_read on app.product_variant')
  await knex.raw('create policy search_read on app.product_variant for select to search_reader using (true)')
  await functions(knex)
}

/**
 * The statements are put together of positions in an array alone, never of what was typed: so each pattern has the index to
 * itself. A product has the words when its own text has them all, or when its variants have what its text has not. Variants are
 * looked for by the longest word, which the fewest have as a rule, and for no more than the most: 90 000 that all have the word
 * took 0.6 s. What they are of is looked at for the other words.
 */
async function functions(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function app.search_products(patterns text[], most integer) returns table (id text)
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
        continue when n = longest;
        others := others || format($text$ and (p.search_text like ($1)[%1$s] or exists (
          select 1 from app.product_variant v where v.tenant_id = $2 and v.product_id = p.id and v.deleted_at is null
            and ${variantText('v.')} like ($1)[%1$s]))$text$, n);
      end loop;
      return query execute format($text$
        (select p.id from app.product p where p.tenant_id = $2 and p.deleted_at is null %1$s limit $3)
        union
        (select p.id from (
           (select p.id from app.product p where p.tenant_id = $2 and p.deleted_at is null and p.search_text like ($1)[%2$s] limit $4)
           union all
           (select v.product_id from app.product_variant v
            where v.tenant_id = $2 and v.deleted_at is null and ${variantText('v.')} like ($1)[%2$s] limit $3)) c
         join app.product p on p.tenant_id = $2 and p.id = c.id
         where p.deleted_at is null %3$s)$text$, own, longest, others)
        using patterns, tenant, most, case when cardinality(patterns) = 1 then 0 else most end;
    end $$`)
  await knex.raw(`
    create or replace function app.search_translations(patterns text[], locales text[], most integer) returns table (id text)
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
  for (const name of ['app.search_products(text[], integer)', 'app.search_translations(text[], text[], integer)']) {
    await knex.raw(`revoke all on function ${name} from public`)
    await knex.raw(`grant execute on function ${name} to app_store, app_vendor, app_platform`)
    await knex.raw(`alter function ${name} owner to search_reader`)
  }
  await knex.raw('revoke create on schema app from search_reader')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
