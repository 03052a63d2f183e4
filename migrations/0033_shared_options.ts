import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/**
 * Options that products share. One that belongs to a product alone stays as it is; one that belongs to none is used by
 * those that are linked to its values, each to as many of them as it has.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.product_option alter column product_id drop not null')
  await tenantTable(knex, 'product_shared_option', {
    columns: `
      product_id text collate "C" not null,
      option_id text collate "C" not null,
      option_value_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['product_id', 'option_value_id'],
    constraints: [
      `foreign key (tenant_id, vendor_id, product_id) references app.product (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, option_id) references app.product_option (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, option_value_id)
        references app.product_option_value (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'option_id' }, { columns: 'option_value_id' }],
    vendor: 'own',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
