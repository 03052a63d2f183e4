import { statement, tenantOf, type Unit } from '../db/index.js'
import { newId } from '../kernel/index.js'
import { type KeyType, newKey } from './keys.js'
import type { Permission } from './permissions.js'

export interface NewApiKey {
  type: KeyType
  title: string
  /** Of a vendor key. */
  vendorId?: string
  /** Of secret and vendor keys; a publishable key opens what is public. */
  permissions?: readonly Permission[]
  /** Of a publishable key. */
  salesChannelIds?: readonly string[]
  createdBy?: string
  expiresAt?: Date
}

/**
 * Makes an API key in the caller's unit of work, which must have role `platform` and the tenant: the way from a key to
 * its tenant is a platform row. A publishable key's token is kept, since it is public; others are shown this once.
 * @returns the key's id and its token
 */
export async function createApiKey(unit: Unit, key: NewApiKey): Promise<{ id: string; token: string }> {
  const id = newId('apk')
  const { token, hash, redacted } = newKey(key.type)
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      'access.create_key',
      `insert into api_key (tenant_id, id, type, title, token_hash, token, redacted, vendor_id, permissions, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        tenantId,
        id,
        key.type,
        key.title,
        hash,
        key.type === 'publishable' ? token : null,
        redacted,
        key.vendorId ?? null,
        key.permissions ?? [],
        key.createdBy ?? null,
        key.expiresAt ?? null,
      ],
    ),
  )
  await unit.run(
    statement('access.create_key_route', 'insert into platform.api_key_route (token_hash, tenant_id, api_key_id) values ($1, $2, $3)', [
      hash,
      tenantId,
      id,
    ]),
  )
  if ((key.salesChannelIds?.length ?? 0) > 0) {
    await unit.run(
      statement(
        'access.link_key_channels',
        `insert into api_key_sales_channel (tenant_id, api_key_id, sales_channel_id)
         select $1, $2, c from unnest($3::text[]) as c on conflict do nothing`,
        [tenantId, id, key.salesChannelIds],
      ),
    )
  }
  return { id, token }
}
