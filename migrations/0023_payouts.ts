import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const vendorColumn = 'vendor_id text collate "C" not null'
const currency = `currency_code text collate "C" not null check (currency_code ~ '^[a-z]{3}$')`
const vendorOrder = 'foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)'

/** Who vendors are to a payment provider, what they are owed and were paid, and what keeps it back. */
export async function up(knex: Knex): Promise<void> {
  await settings(knex)
  await payees(knex)
  await payouts(knex)
  await releases(knex)
  await invoices(knex)
}

async function settings(knex: Knex): Promise<void> {
  // Columns with a constant default rewrite nothing; a store has one row.
  await knex.raw(`
    alter table app.store
      add column release_policy text not null default 'on_payment' check (release_policy in ('on_payment', 'on_shipment', 'on_delivery', 'manual')),
      add column release_delay_days integer not null default 0 check (release_delay_days between 0 and 90),
      add column reserve_ppm integer not null default 0 check (reserve_ppm between 0 and 1000000),
      add column reserve_days integer not null default 0 check (reserve_days between 0 and 365),
      add column payout_interval_days integer not null default 0 check (payout_interval_days between 0 and 90),
      add column payout_minimums jsonb not null default '{}',
      add column payout_run_at timestamptz(3)`)
}

async function payees(knex: Knex): Promise<void> {
  await tenantTable(knex, 'payee', {
    columns: `
      ${vendorColumn},
      payment_account_id text collate "C" not null,
      provider_id text collate "C" not null,
      reference text collate "C",
      kind text not null check (kind in ('individual', 'company')),
      status text not null default 'creating' check (status in
        ('creating', 'onboarding', 'pending_verification', 'active', 'restricted', 'rejected', 'closed', 'unrecognised')),
      requirements jsonb not null default '[]',
      country text collate "C" not null,
      ${currency},
      refusals integer not null default 0,
      failure text,
      synced_at timestamptz(3),${dates}`,
    references: { vendor_id: 'vendor', payment_account_id: 'payment_account' },
    constraints: ['unique (tenant_id, vendor_id, payment_account_id)', 'unique (tenant_id, vendor_id, id)'],
    indexes: [
      { columns: 'payment_account_id, reference', unique: true, where: 'reference is not null', name: 'payee_reference' },
      { columns: 'payment_account_id', name: 'payee_account' },
    ],
    vendor: 'own-read',
  })
}

async function payouts(knex: Knex): Promise<void> {
  // What is owed for each vendor order and what became of it, as of when it was last settled: found without summing rows.
  await tenantTable(knex, 'payable', {
    key: ['vendor_order_id'],
    columns: `
      vendor_order_id text collate "C" not null,
      order_id text collate "C" not null,
      ${vendorColumn},
      ${currency},
      due_minor bigint not null default 0,
      released_minor bigint not null default 0,
      available_minor bigint not null default 0 check (available_minor >= 0),
      reserved_minor bigint not null default 0 check (reserved_minor >= 0),
      approved_minor bigint not null default 0 check (approved_minor >= 0),
      waiting_for text check (waiting_for in
        ('payment', 'shipment', 'delivery', 'approval', 'gift_cards', 'hold', 'payee', 'provider')),
      look_again_at timestamptz(3),${dates}`,
    references: { order_id: 'orders', vendor_id: 'vendor' },
    constraints: [vendorOrder],
    indexes: [
      { columns: 'vendor_id, currency_code', where: 'due_minor <> released_minor', name: 'payable_open' },
      { columns: 'vendor_id, vendor_order_id' },
    ],
    vendor: 'own-read',
  })
  await tenantTable(knex, 'payout', {
    columns: `
      ${vendorColumn},
      method text not null check (method in ('provider', 'manual')),
      ${currency},
      amount_minor bigint not null,
      state text not null check (state in ('open', 'paid', 'canceled')),
      note text,
      created_by text,
      paid_by text,
      paid_at timestamptz(3),
      canceled_at timestamptz(3),${dates}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)', `check (method = 'provider' or amount_minor > 0)`],
    indexes: [{ columns: 'vendor_id, id' }, { columns: 'state, id' }],
    vendor: 'own-read',
  })
  await tenantTable(knex, 'hold', {
    columns: `
      ${vendorColumn},
      vendor_order_id text collate "C",
      reason text not null check (reason in ('kyc', 'new_vendor', 'delivery', 'dispute', 'reserve', 'manual', 'legal')),
      amount_minor bigint check (amount_minor > 0),
      currency_code text collate "C",
      until timestamptz(3),
      note text,
      created_by text,
      lifted_by text,
      lifted_at timestamptz(3),${dates},
      check ((amount_minor is null) = (currency_code is null)),
      check (reason <> 'reserve' or (amount_minor is not null and vendor_order_id is not null))`,
    references: { vendor_id: 'vendor' },
    constraints: [vendorOrder],
    indexes: [
      { columns: 'vendor_id, vendor_order_id' },
      { columns: 'vendor_order_id', unique: true, where: `reason = 'reserve' and lifted_at is null`, name: 'hold_one_reserve' },
    ],
    vendor: 'none',
  })
}

async function releases(knex: Knex): Promise<void> {
  // Written before the provider is asked: a crash finds it and asks again under the same key. One at a time for a vendor order.
  await tenantTable(knex, 'release', {
    columns: `
      ${vendorColumn},
      vendor_order_id text collate "C" not null,
      order_id text collate "C" not null,
      method text not null check (method in ('provider', 'manual', 'offset')),
      payment_id text collate "C",
      payee_id text collate "C",
      ${currency},
      amount_minor bigint not null check (amount_minor > 0),
      state text not null check (state in ('pending', 'awaiting', 'succeeded', 'failed', 'canceled')),
      reference text collate "C",
      failure text,
      payout_id text collate "C",
      created_by text,
      settled_at timestamptz(3),${dates},
      check (method <> 'provider' or (payment_id is not null and payee_id is not null))`,
    references: { order_id: 'orders', payment_id: 'payment' },
    constraints: [
      vendorOrder,
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, payee_id) references app.payee (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, payout_id) references app.payout (tenant_id, vendor_id, id)',
    ],
    indexes: [
      { columns: 'vendor_order_id' },
      { columns: 'vendor_order_id', unique: true, where: `state = 'pending'`, name: 'release_once' },
      { columns: 'payout_id' },
      { columns: 'vendor_id, currency_code', where: `state = 'awaiting' and payout_id is null`, name: 'release_to_pay' },
      { columns: 'payee_id, reference' },
    ],
    vendor: 'own-read',
  })
  await tenantTable(knex, 'clawback', {
    columns: `
      ${vendorColumn},
      vendor_order_id text collate "C" not null,
      release_id text collate "C",
      method text not null check (method in ('provider', 'offset', 'write_off')),
      offset_release_id text collate "C",
      ${currency},
      amount_minor bigint not null check (amount_minor > 0),
      state text not null check (state in ('pending', 'succeeded', 'insufficient', 'failed')),
      reference text collate "C",
      failure text,
      payout_id text collate "C",
      settled_at timestamptz(3),${dates},
      check ((method = 'offset') = (offset_release_id is not null)),
      check (method <> 'provider' or release_id is not null)`,
    constraints: [
      vendorOrder,
      'foreign key (tenant_id, vendor_id, release_id) references app.release (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, offset_release_id) references app.release (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, payout_id) references app.payout (tenant_id, vendor_id, id)',
    ],
    indexes: [
      { columns: 'vendor_order_id' },
      { columns: 'vendor_order_id', unique: true, where: `state = 'pending'`, name: 'clawback_once' },
      { columns: 'release_id' },
      { columns: 'offset_release_id' },
      { columns: 'payout_id' },
    ],
    vendor: 'own-read',
  })
}

async function invoices(knex: Knex): Promise<void> {
  await tenantTable(knex, 'invoice_sequence', {
    key: ['series'],
    columns: `
      series text collate "C" not null,
      next_number integer not null default 1 check (next_number >= 1)`,
    vendor: 'none',
  })
  // Numbered in the transaction that writes it, and never changed: a mistake is made good by a credit note.
  await tenantTable(knex, 'invoice', {
    columns: `
      ${vendorColumn},
      kind text not null check (kind in ('invoice', 'credit_note')),
      series text collate "C" not null,
      number integer not null check (number >= 1),
      label text not null,
      period text collate "C" not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
      ${currency},
      total_minor bigint not null check (total_minor > 0),
      lines jsonb not null,
      corrects_invoice_id text collate "C",
      pdf bytea not null,
      sha256 text collate "C" not null,
      issued_at timestamptz(3) not null,
      created_by text,
      created_at timestamptz(3) not null default now()`,
    references: { vendor_id: 'vendor' },
    constraints: [
      'unique (tenant_id, series, number)',
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, corrects_invoice_id) references app.invoice (tenant_id, vendor_id, id)',
    ],
    indexes: [
      { columns: 'vendor_id, period, currency_code, kind', unique: true, where: 'corrects_invoice_id is null', name: 'invoice_of_period' },
      { columns: 'corrects_invoice_id', unique: true, where: 'corrects_invoice_id is not null', name: 'invoice_corrected_once' },
    ],
    vendor: 'own-read',
    appendOnly: true,
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
