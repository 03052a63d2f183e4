import type { Knex } from 'knex'

/** Outside a transaction: the indexes are built beside their writers. */
export const config = { transaction: false }

/**
 * Barcodes, EANs and UPCs are looked for among a vendor's variants before another gets the same. They are not unique for the database:
 * a store may have two of one from before.
 */
export async function up(knex: Knex): Promise<void> {
  for (const name of ['barcode', 'ean', 'upc']) {
    await knex.raw(`drop index concurrently if exists app.product_variant_${name}`)
    await knex.raw(`create index concurrently product_variant_${name} on app.product_variant (tenant_id, vendor_id, ${name})
      where ${name} is not null and deleted_at is null`)
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
