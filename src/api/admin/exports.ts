import { z } from 'zod'
import { reachOf } from '../../access/index.js'
import { tenantOf } from '../../db/index.js'
import { type ExportRow, exportAddress, exportsStatement } from '../../exports/index.js'
import { type FieldsPolicy, oneOrMany, type Route } from '../../http/index.js'
import { type AnyRequest, ids, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'kind',
    'file_name',
    'state',
    'row_count',
    'failure',
    'url',
    'created_by',
    'started_at',
    'finished_at',
    'expires_at',
    'created_at',
    'updated_at',
  ],
}

/** Where a browser fetches an export's file; null for who may not read exports, which hold all vendors' rows. */
export function exportUrl(request: AnyRequest, exportId: string): string | null {
  if (!reachOf(request.ability, 'exports:read').all) return null
  const { services, tenant } = request
  return `${services.publicUrl}${exportAddress(services.exportSealer, tenant.publicId, exportId)}`
}

const exported = reading({
  path: '/admin/exports',
  singular: 'export',
  plural: 'exports',
  label: 'Export',
  access: 'exports:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, kind: oneOrMany.optional() }),
  fields,
  orderable: ['created_at', 'id', 'updated_at'],
  descending: true,
  render: (row: ExportRow, request) => ({ ...row, url: row.state === 'done' ? exportUrl(request, row.id) : null }),
  load: (request, query, page) => {
    const { context } = request
    return context.db.read(context.scope, exportsStatement(tenantOf(context), { id: query.id ?? null, kind: query.kind ?? null }, page))
  },
})

export const routes: Route[] = exported.routes
