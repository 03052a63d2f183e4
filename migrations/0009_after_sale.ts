import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const vendorColumn = 'vendor_id text collate "C" not null'

/** What happens after the sale: refunds, cancellations, returned goods, and what was changed of an order. */
export async function up(knex: Knex): Promise<void> {
  await reasons(knex)
  await lines(knex)
  await returns(knex)
  await refunds(knex)
  await changes(knex)
  await perStore(knex)
}

async function reasons(knex: Knex): Promise<void> {
  await tenantTable(knex, 'return_reason', {
    columns: `
      value text collate "C" not null,
      label text not null,
      description text,
      parent_return_reason_id text collate "C",
      metadata jsonb,${dates},
      deleted_at timestamptz(3)`,
    references: { parent_return_reason_id: 'return_reason' },
    indexes: [{ columns: 'value', unique: true, where: 'deleted_at is null' }, { columns: 'parent_return_reason_id' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'refund_reason', {
    columns: `
      code text collate "C" not null,
      label text not null,
      description text,
      metadata jsonb,${dates},
      deleted_at timestamptz(3)`,
    indexes: [{ columns: 'code', unique: true, where: 'deleted_at is null' }],
    vendor: 'none',
  })
}

async function lines(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.order_line_item
      add column return_requested_quantity integer not null default 0,
      add column return_received_quantity integer not null default 0,
      add column return_dismissed_quantity integer not null default 0`)
  // Columns with a constant default rewrite nothing, and every row that is there passes: nothing has come back yet.
  await knex.raw(`
    alter table app.order_line_item add constraint order_line_item_returned check (
      return_requested_quantity >= 0 and return_received_quantity >= 0 and return_dismissed_quantity >= 0
      and return_requested_quantity + return_received_quantity + return_dismissed_quantity <= fulfilled_quantity) not valid`)
  await knex.raw('alter table app.order_line_item validate constraint order_line_item_returned')
  // From which shelf packed pieces came: there they go back when the fulfilment is canceled or the goods return.
  await tenantTable(knex, 'fulfillment_stock', {
    columns: `
      fulfillment_id text collate "C" not null,
      order_line_item_id text collate "C" not null,
      ${vendorColumn},
      inventory_item_id text collate "C" not null,
      location_id text collate "C" not null,
      quantity integer not null check (quantity >= 1),
      created_at timestamptz(3) not null default now()`,
    constraints: [
      'foreign key (tenant_id, vendor_id, fulfillment_id) references app.fulfillment (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, order_line_item_id) references app.order_line_item (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, inventory_item_id) references app.inventory_item (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, location_id) references app.stock_location (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'fulfillment_id' }, { columns: 'order_line_item_id' }],
    vendor: 'own',
    appendOnly: true,
  })
}

async function returns(knex: Knex): Promise<void> {
  await knex.raw('alter table app.order_sequence add column next_return_display_id integer not null default 1')
  await tenantTable(knex, 'order_return', {
    columns: `
      order_id text collate "C" not null,
      display_id integer not null,
      status text not null default 'open' check (status in ('open', 'requested', 'received', 'partially_received', 'canceled')),
      location_id text collate "C",
      shipping_option_id text collate "C",
      shipping_name text,
      shipping_minor bigint not null default 0 check (shipping_minor >= 0),
      is_receiving boolean not null default false,
      no_notification boolean,
      note text,
      created_by text,
      requested_at timestamptz(3),
      received_at timestamptz(3),
      canceled_at timestamptz(3),
      metadata jsonb,${dates}`,
    references: { order_id: 'orders', location_id: 'stock_location', shipping_option_id: 'shipping_option on delete set null' },
    constraints: ['unique (tenant_id, display_id)', 'unique (tenant_id, order_id, id)'],
    vendor: 'none',
  })
  // What is being counted is apart from what was received: it may be taken back until it is confirmed.
  await tenantTable(knex, 'order_return_item', {
    columns: `
      return_id text collate "C" not null,
      order_line_item_id text collate "C" not null,
      ${vendorColumn},
      quantity integer not null check (quantity >= 1),
      received_quantity integer not null default 0 check (received_quantity >= 0),
      damaged_quantity integer not null default 0 check (damaged_quantity >= 0),
      receiving_quantity integer not null default 0 check (receiving_quantity >= 0),
      dismissing_quantity integer not null default 0 check (dismissing_quantity >= 0),
      reason_id text collate "C",
      note text,
      metadata jsonb,${dates},
      check (received_quantity + damaged_quantity + receiving_quantity + dismissing_quantity <= quantity)`,
    references: { return_id: 'order_return', reason_id: 'return_reason' },
    constraints: [
      'unique (tenant_id, return_id, order_line_item_id)',
      'foreign key (tenant_id, vendor_id, order_line_item_id) references app.order_line_item (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'order_line_item_id' }],
    vendor: 'own-read',
  })
}

async function refunds(knex: Knex): Promise<void> {
  await knex.raw('alter table app.payment add column cancel_requested_at timestamptz(3)')
  // Written before the provider is asked: a crash finds it and asks again under the same key. One at a time for a payment.
  await tenantTable(knex, 'refund', {
    columns: `
      payment_id text collate "C" not null,
      order_id text collate "C" not null,
      return_id text collate "C",
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor > 0),
      state text not null default 'pending' check (state in ('pending', 'succeeded', 'failed')),
      refund_reason_id text collate "C",
      note text,
      failure text,
      created_by text,
      settled_at timestamptz(3),${dates}`,
    references: { payment_id: 'payment', order_id: 'orders', refund_reason_id: 'refund_reason' },
    constraints: ['foreign key (tenant_id, order_id, return_id) references app.order_return (tenant_id, order_id, id)'],
    indexes: [
      { columns: 'payment_id', name: 'refund_payment_id' },
      { columns: 'payment_id', unique: true, where: `state = 'pending'`, name: 'refund_once' },
      { columns: 'order_id, return_id' },
    ],
    vendor: 'none',
  })
  // What an order was credited with, divided at that moment among its lines and shipping and never again.
  await tenantTable(knex, 'order_credit', {
    columns: `
      order_id text collate "C" not null,
      vendor_order_id text collate "C" not null,
      ${vendorColumn},
      refund_id text collate "C",
      order_line_item_id text collate "C",
      order_shipping_method_id text collate "C",
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor > 0),
      vendor_amount_minor bigint not null check (vendor_amount_minor >= 0),
      commission_minor bigint not null check (commission_minor >= 0),
      tax_minor bigint not null check (tax_minor >= 0),
      state text not null check (state in ('pending', 'booked', 'void')),${dates},
      check (amount_minor = vendor_amount_minor + commission_minor + tax_minor),
      check (order_line_item_id is not null or order_shipping_method_id is not null)`,
    references: { order_id: 'orders', refund_id: 'refund', order_shipping_method_id: 'order_shipping_method' },
    constraints: [
      'foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, order_line_item_id) references app.order_line_item (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'vendor_order_id' }, { columns: 'order_line_item_id' }],
    vendor: 'own-read',
  })
}

async function changes(knex: Knex): Promise<void> {
  await tenantTable(knex, 'order_change', {
    columns: `
      order_id text collate "C" not null,
      return_id text collate "C",
      change_type text not null check (change_type in ('update_order', 'return_request', 'return_receive')),
      actions jsonb not null,
      created_by text,
      created_at timestamptz(3) not null default now()`,
    references: { order_id: 'orders' },
    constraints: ['foreign key (tenant_id, order_id, return_id) references app.order_return (tenant_id, order_id, id)'],
    indexes: [{ columns: 'order_id, id' }],
    vendor: 'none',
    appendOnly: true,
  })
}

const granted = `array['orders:write', 'payments:refund', 'returns:write']`

/** Row-level security binds migrations too: what changes rows goes store by store. */
async function perStore(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        update app.api_key k set permissions = k.permissions || ${granted}
          where k.tenant_id = store.id and k.type = 'secret' and k.permissions @> (
            select r.permissions from app.role r where r.tenant_id = store.id and r.name = 'store_owner');
        update app.role set permissions = permissions || ${granted}
          where tenant_id = store.id and name in ('store_owner', 'store_manager') and not permissions @> ${granted};
        insert into app.fulfillment_stock (tenant_id, id, fulfillment_id, order_line_item_id, vendor_id, inventory_item_id, location_id, quantity)
          select store.id, 'fulst_' || right(fi.id, 26), fi.fulfillment_id, fi.order_line_item_id, fi.vendor_id, r.inventory_item_id, f.location_id, fi.quantity
          from app.fulfillment_item fi
          join app.fulfillment f on f.tenant_id = fi.tenant_id and f.id = fi.fulfillment_id and f.location_id is not null
          join lateral (select min(x.inventory_item_id) as inventory_item_id from app.reservation x
            where x.tenant_id = store.id and x.order_line_item_id = fi.order_line_item_id and x.location_id = f.location_id) r
            on r.inventory_item_id is not null
          where fi.tenant_id = store.id;
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
