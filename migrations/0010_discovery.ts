import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Finding things, in the shopper's language and by price, and what shoppers say of them and keep for later. */
export async function up(knex: Knex): Promise<void> {
  await priceRanges(knex)
  await translations(knex)
  await search(knex)
  await reviews(knex)
  await wishLists(knex)
  await perStore(knex)
}

/**
 * The lowest and highest price of one piece of a product, by currency: what lists are ordered and narrowed by. Triggers
 * keep it, since prices are written by commands, imports and files alike. The product is locked first: of two
 * transactions that change two variants of one product, the later one then sees what the earlier one wrote.
 */
async function priceRanges(knex: Knex): Promise<void> {
  await tenantTable(knex, 'product_price_range', {
    columns: `
      product_id text collate "C" not null,
      vendor_id text collate "C" not null,
      currency_code text collate "C" not null,
      lowest_minor bigint not null,
      highest_minor bigint not null check (highest_minor >= lowest_minor)`,
    key: ['product_id', 'currency_code'],
    constraints: ['foreign key (tenant_id, vendor_id, product_id) references app.product (tenant_id, vendor_id, id) on delete cascade'],
    indexes: [{ columns: 'currency_code, lowest_minor, product_id', name: 'product_price_range_order' }],
    vendor: 'own',
  })
  await knex.raw(`
    create function app.refresh_price_ranges(tenant uuid, products text[]) returns void
    language plpgsql set search_path = app, public
    as $$
    begin
      perform 1 from product p where p.tenant_id = tenant and p.id = any(products) order by p.id for no key update;
      with current as (
        select v.product_id, v.vendor_id, r.currency_code, min(r.amount_minor) as lowest, max(r.amount_minor) as highest
        from product_variant v cross join lateral (
          select distinct on (a.currency_code) a.currency_code, a.amount_minor from price a
          where a.tenant_id = tenant and a.price_set_id = v.price_set_id and coalesce(a.min_quantity, 1) <= 1
          order by a.currency_code, a.min_quantity desc nulls last) r
        where v.tenant_id = tenant and v.product_id = any(products) and v.deleted_at is null
        group by v.product_id, v.vendor_id, r.currency_code
      ), gone as (
        delete from product_price_range g where g.tenant_id = tenant and g.product_id = any(products)
          and not exists (select 1 from current c where c.product_id = g.product_id and c.currency_code = g.currency_code)
      )
      insert into product_price_range (tenant_id, product_id, vendor_id, currency_code, lowest_minor, highest_minor)
      select tenant, c.product_id, c.vendor_id, c.currency_code, c.lowest, c.highest from current c
      on conflict (tenant_id, product_id, currency_code) do update
        set lowest_minor = excluded.lowest_minor, highest_minor = excluded.highest_minor
        where (product_price_range.lowest_minor, product_price_range.highest_minor) <> (excluded.lowest_minor, excluded.highest_minor);
    end $$`)
  const sources = {
    // "offset 0" keeps this a look into an index for each price set: before statistics are gathered, a join of many new
    // prices compares each with every variant (measured: 1.9 s against 25 ms for 1 500 prices).
    price: `from (select distinct d.tenant_id, d.price_set_id from changed d) c cross join lateral (
        select x.tenant_id, x.product_id from product_variant x where x.tenant_id = c.tenant_id and x.price_set_id = c.price_set_id offset 0) v`,
    product_variant: 'from changed v',
  }
  for (const [table, source] of Object.entries(sources)) {
    await knex.raw(`
      create function app.${table}_changes_range() returns trigger
      language plpgsql set search_path = app, public
      as $$
      declare
        touched record;
      begin
        for touched in select v.tenant_id, array_agg(distinct v.product_id) as products ${source} group by v.tenant_id loop
          perform refresh_price_ranges(touched.tenant_id, touched.products);
        end loop;
        return null;
      end $$`)
    for (const event of ['insert', 'update', 'delete']) {
      await knex.raw(`
        create trigger price_range_${event} after ${event} on app.${table}
        referencing ${event === 'delete' ? 'old' : 'new'} table as changed
        for each statement execute function app.${table}_changes_range()`)
    }
  }
}

async function translations(knex: Knex): Promise<void> {
  await tenantTable(knex, 'store_locale', {
    columns: `
      locale_code text collate "C" not null check (locale_code ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'),
      is_default boolean not null default false,
      created_at timestamptz(3) not null default now()`,
    key: ['locale_code'],
    vendor: 'none',
  })
  await tenantTable(knex, 'translation', {
    columns: `
      reference text collate "C" not null,
      reference_id text collate "C" not null,
      locale_code text collate "C" not null check (locale_code ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'),
      translations jsonb not null,${dates},
      search_text text generated always as (lower(coalesce(translations ->> 'title', '') || ' ' ||
        coalesce(translations ->> 'subtitle', '') || ' ' || coalesce(translations ->> 'description', '') || ' ' ||
        coalesce(translations ->> 'material', ''))) stored`,
    indexes: [{ columns: 'reference_id, locale_code', unique: true }],
    vendor: 'none',
  })
}

/** As in 0003: functions of the role that may only read what is searched; they take the tenant from the context. */
async function search(knex: Knex): Promise<void> {
  await knex.raw(
    `create index translation_search on app.translation using gin (tenant_id, search_text gin_trgm_ops) where reference = 'product'`,
  )
  await knex.raw('grant select (title, subtitle, description, material) on app.product to search_reader')
  await knex.raw(
    'grant select (tenant_id, reference, reference_id, locale_code, translations, search_text) on app.translation to search_reader',
  )
  await knex.raw('create policy search_read on app.translation for select to search_reader using (true)')
  await knex.raw(`
    create function app.search_translations(pattern text, locales text[], most integer) returns table (id text)
    language sql stable security definer set search_path = app, public
    as $$
      select t.reference_id from app.translation t
      where t.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        and t.reference = 'product' and t.locale_code = any(locales) and t.search_text like pattern
      limit most
    $$`)
  await knex.raw(rankedSearch)
  await handToReader(knex, [
    'app.search_translations(text, text[], integer)',
    'app.search_products_ranked(text[], boolean, text, text[], text[], integer)',
  ])
}

/**
 * Published products by words, best first. A product's own text and its translations into the locales are searched; the
 * better of them counts. Words are looked for as they are written; when nothing has them, as they may have been meant,
 * first by half of their trigrams, then by a third: the looser, the more texts must be compared.
 * strategy: all words, any of them, or as many as there are from the first ("last" leaves out the last ones first).
 * The statement is put together of positions in arrays alone, never of what was typed.
 */
const rankedSearch = `
  create function app.search_products_ranked(words text[], typos boolean, strategy text, attributes text[], locales text[], most integer)
  returns table (id text, score real)
  language plpgsql stable security definer
  set search_path = app, public set pg_trgm.word_similarity_threshold = 0.5
  as $$
  declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    patterns text[] := array(select '%' || regexp_replace(w.word, '([\\\\%_])', '\\\\\\1', 'g') || '%'
      from unnest(words) with ordinality as w (word, position) order by w.position);
    word_count integer := cardinality(words);
    nearness real;
    fuzzy boolean;
    wanted text;
    scores text;
    rating text;
    narrowed text;
    exact text;
  begin
    foreach nearness in array (case when typos then array[1, 0.5, 0.33] else array[1] end)::real[] loop
      fuzzy := nearness < 1;
      perform set_config('pg_trgm.word_similarity_threshold', nearness::text, true);
      wanted := '';
      scores := '';
      rating := '0::real';
      narrowed := '';
      for n in 1 .. word_count loop
        exact := format('s.search_text like ($2)[%s]', n);
        if fuzzy and length(words[n]) >= 4 then exact := format('(%s or ($1)[%s] <%% s.search_text)', exact, n); end if;
        if strategy <> 'last' or n = 1 then
          wanted := wanted || case when wanted = '' then '' when strategy = 'any' then ' or ' else ' and ' end || exact;
        end if;
        scores := scores || format(', (case when s.title like ($2)[%1$s] then case when word_similarity(($1)[%1$s], s.title) = 1 then 1 else 0.9 end
          when s.field like ($2)[%1$s] then 0.6 %2$s else 0 end)::real as w%1$s', n,
          case when fuzzy and length(words[n]) >= 4 then format('when word_similarity(($1)[%1$s], s.title) >= %2$s
            then 0.8 * word_similarity(($1)[%1$s], s.title) when word_similarity(($1)[%1$s], s.field) >= %2$s
            then 0.5 * word_similarity(($1)[%1$s], s.field)', n, nearness) else '' end);
        narrowed := narrowed || case when narrowed = '' then '' when strategy = 'any' then ' or ' else ' and ' end
          || case when strategy = 'last' and n > 1 then 'true' else format('r.w%s > 0', n) end;
      end loop;
      for n in reverse word_count .. 1 loop
        rating := case when strategy = 'last' then format('case when r.w%1$s > 0 then r.w%1$s + %2$s else 0 end', n, rating)
          else format('r.w%s + %s', n, rating) end;
      end loop;
      return query execute format($text$
        select r.id, max((%s) / $6)::real as score from (
          select s.id %s from (
            select p.id, p.search_text, case when $3 is null or 'title' = any($3) then lower(p.title) end as title,
              case when $3 is null then p.search_text else concat_ws(' ', case when 'title' = any($3) then lower(p.title) end,
                case when 'subtitle' = any($3) then lower(p.subtitle) end, case when 'description' = any($3) then lower(p.description) end,
                case when 'material' = any($3) then lower(p.material) end) end as field
            from app.product p where p.tenant_id = $5 and p.status = 'published' and p.deleted_at is null) s where %s
          union all
          select s.id %s from (
            select t.reference_id as id, t.search_text, case when $3 is null or 'title' = any($3) then lower(t.translations ->> 'title') end as title,
              case when $3 is null then t.search_text
                else (select string_agg(lower(t.translations ->> a.name), ' ') from unnest($3) as a (name)) end as field
            from app.translation t where t.tenant_id = $5 and t.reference = 'product' and t.locale_code = any($4)) s where %s
        ) r where %s group by r.id order by score desc, r.id limit $7$text$, rating, scores, wanted, scores, wanted, narrowed)
        using words, patterns, attributes, locales, tenant, word_count, most;
      if found then return; end if;
    end loop;
  end $$`

/** The new owner must be allowed to create in the schema at the moment of the change, and at no other. */
async function handToReader(knex: Knex, functions: readonly string[]): Promise<void> {
  await knex.raw('grant create on schema app to search_reader')
  for (const name of functions) {
    await knex.raw(`revoke all on function ${name} from public`)
    await knex.raw(`grant execute on function ${name} to app_store, app_vendor, app_platform`)
    await knex.raw(`alter function ${name} owner to search_reader`)
  }
  await knex.raw('revoke create on schema app from search_reader')
}

async function reviews(knex: Knex): Promise<void> {
  await knex.raw('alter table app.store add column review_moderation boolean not null default true')
  // Of a product, or of the vendor itself where product_id is null. It names no order: an order's id opens the order.
  await tenantTable(knex, 'review', {
    columns: `
      vendor_id text collate "C" not null,
      product_id text collate "C",
      customer_id text collate "C" not null,
      rating integer not null check (rating between 1 and 5),
      title text,
      content text,
      author_name text,
      status text not null default 'pending' check (status in ('pending', 'published', 'rejected')),
      moderated_at timestamptz(3),
      moderated_by text,
      answer text,
      answered_at timestamptz(3),
      answered_by text,${dates},
      check ((answer is null) = (answered_at is null))`,
    references: { vendor_id: 'vendor', customer_id: 'customer on delete cascade' },
    constraints: [
      'foreign key (tenant_id, vendor_id, product_id) references app.product (tenant_id, vendor_id, id) on delete cascade',
      'unique nulls not distinct (tenant_id, customer_id, vendor_id, product_id)',
    ],
    indexes: [
      { columns: 'product_id, rating, id', where: `status = 'published'`, name: 'review_published' },
      { columns: 'vendor_id, product_id, status, id', name: 'review_of_vendor' },
      { columns: 'status, id' },
    ],
    vendor: 'own-read',
  })
  await knex.raw('grant update (answer, answered_at, answered_by, updated_at) on app.review to app_vendor')
}

async function wishLists(knex: Knex): Promise<void> {
  await tenantTable(knex, 'wish_list', {
    columns: `
      customer_id text collate "C" not null,
      name text not null,
      share_token text collate "C",${dates}`,
    references: { customer_id: 'customer on delete cascade' },
    indexes: [{ columns: 'share_token', unique: true, where: 'share_token is not null' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'wish_list_item', {
    columns: `
      wish_list_id text collate "C" not null,
      variant_id text collate "C" not null,
      created_at timestamptz(3) not null default now()`,
    references: { wish_list_id: 'wish_list on delete cascade', variant_id: 'product_variant on delete cascade' },
    constraints: ['unique (tenant_id, wish_list_id, variant_id)'],
    vendor: 'none',
  })
}

const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
/** What each role and kind of key that came with a store may do with reviews and translations from now on. */
const grantedTo = {
  store_owner: ['reviews:read', 'reviews:write', 'translations:read', 'translations:write'],
  store_manager: ['reviews:read', 'reviews:write', 'translations:read', 'translations:write'],
  store_support: ['reviews:read', 'translations:read'],
  vendor_owner: ['reviews:read', 'reviews:answer'],
}

/** Row-level security binds migrations too: what changes rows goes store by store. */
async function perStore(knex: Knex): Promise<void> {
  const roles = Object.entries(grantedTo).map(
    ([name, permissions]) => `
        update app.role set permissions = permissions || ${list(permissions)}
          where tenant_id = store.id and name = '${name}' and not permissions @> ${list(permissions)};`,
  )
  const keys = [
    ['secret', 'store_owner'],
    ['vendor', 'vendor_owner'],
  ] as const
  const toKeys = keys.map(
    ([type, role]) => `
        update app.api_key k set permissions = k.permissions || ${list(grantedTo[role])}
          where k.tenant_id = store.id and k.type = '${type}' and k.permissions @> (
            select r.permissions from app.role r where r.tenant_id = store.id and r.name = '${role}');`,
  )
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        ${[...toKeys, ...roles].join('')}
        insert into app.product_price_range (tenant_id, product_id, vendor_id, currency_code, lowest_minor, highest_minor)
          select v.tenant_id, v.product_id, v.vendor_id, r.currency_code, min(r.amount_minor), max(r.amount_minor)
          from app.product_variant v cross join lateral (
            select distinct on (a.currency_code) a.currency_code, a.amount_minor from app.price a
            where a.tenant_id = store.id and a.price_set_id = v.price_set_id and coalesce(a.min_quantity, 1) <= 1
            order by a.currency_code, a.min_quantity desc nulls last) r
          where v.tenant_id = store.id and v.deleted_at is null
          group by v.tenant_id, v.product_id, v.vendor_id, r.currency_code;
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
