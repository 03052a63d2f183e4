import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Payments that a cardholder disputes with the bank, and who bears those that are lost. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'dispute', {
    columns: `
      payment_id text collate "C" not null,
      order_id text collate "C" not null,
      reference text collate "C" not null,
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor > 0),
      reason text not null,
      status text not null check (status in
        ('inquiry', 'inquiry_closed', 'needs_response', 'under_review', 'won', 'lost', 'unrecognised')),
      evidence_due_at timestamptz(3),
      evidence_submitted_at timestamptz(3),
      loss_booked_at timestamptz(3),
      closed_at timestamptz(3),${dates}`,
    references: { payment_id: 'payment', order_id: 'orders' },
    constraints: ['unique (tenant_id, payment_id, reference)'],
    indexes: [{ columns: 'status, evidence_due_at' }],
    vendor: 'none',
  })
  await knex.raw('alter table app.order_credit add column dispute_id text collate "C"')
  await knex.raw(`
    alter table app.order_credit add constraint order_credit_dispute foreign key (tenant_id, dispute_id)
    references app.dispute (tenant_id, id) not valid`)
  await knex.raw('alter table app.order_credit validate constraint order_credit_dispute')
  await knex.raw('create index order_credit_of_dispute on app.order_credit (tenant_id, dispute_id) where dispute_id is not null')
  // What a bank took for good: it is not there to be refunded. A constant default rewrites nothing.
  await knex.raw('alter table app.payment add column lost_minor bigint not null default 0')
  await knex.raw(`
    alter table app.store add column dispute_liability text not null default 'vendor'
    constraint store_dispute_liability check (dispute_liability in ('vendor', 'store'))`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
