import { z } from 'zod'
import { listAuditStatement } from '../../audit/index.js'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route } from '../../http/index.js'
import { ids, moment, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'vendor_id', 'actor_type', 'actor_id', 'action', 'object_type', 'object_id', 'request_id', 'before', 'after', 'at'],
}
const words = oneOrMany.optional()

const records = reading({
  path: '/admin/audit',
  singular: 'audit_record',
  plural: 'audit_records',
  label: 'Audit record',
  access: 'audit:read',
  query: z.strictObject({
    id: ids,
    actor_id: words,
    actor_type: words,
    action: words,
    object_type: words,
    object_id: words,
    request_id: words,
    vendor_id: ids,
    at: z.strictObject({ $gte: moment.optional(), $lt: moment.optional() }).optional(),
  }),
  fields,
  orderable: ['id', 'at'],
  descending: true,
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listAuditStatement(
        tenantOf(context),
        {
          id: query.id ?? null,
          actorId: query.actor_id ?? null,
          actorType: query.actor_type ?? null,
          action: query.action ?? null,
          objectType: query.object_type ?? null,
          objectId: query.object_id ?? null,
          requestId: query.request_id ?? null,
          vendorId: query.vendor_id ?? null,
          from: query.at?.$gte ?? null,
          until: query.at?.$lt ?? null,
        },
        page,
      ),
    ),
})

export const routes: Route[] = records.routes
