import type { Knex } from 'knex'

/** How far an account's events were listed, and a payment's were seen; what of an authorisation its provider let go when it took the rest. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.payment_account add column events_listed_until timestamptz(3)')
  await knex.raw('alter table app.payment add column lapsed_minor bigint not null default 0')
  await knex.raw('alter table app.payment add constraint payment_lapsed check (lapsed_minor >= 0) not valid')
  await knex.raw('alter table app.payment validate constraint payment_lapsed')
  await knex.raw('alter table app.payment_session add column read_from timestamptz(3)')
  await perStore(knex)
}

/** Accounts that were connected before are listed every hour from now on, spread over the hour. Row-level security binds migrations too. */
async function perStore(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        insert into app.outbox_event (tenant_id, id, name, handler, payload, available_at)
          select store.id, 'evt_' || left(md5(a.id || 'payment_events.due'), 26), 'payment_events.due', 'list_payment_events',
                 jsonb_build_object('payment_account_id', a.id), now() + random() * interval '1 hour'
          from app.payment_account a where a.tenant_id = store.id;
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
