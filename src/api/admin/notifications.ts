import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route } from '../../http/index.js'
import { listNotificationsStatement, type NotificationView } from '../../notifications/index.js'
import { exportUrl } from './exports.js'
import { type AnyRequest, ids, q, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'to',
    'channel',
    'template',
    'subject',
    'data',
    'trigger_type',
    'resource_id',
    'resource_type',
    'receiver_id',
    'provider_id',
    'external_id',
    'status',
    'sent_at',
    'created_at',
    'updated_at',
    'deleted_at',
  ],
}

interface ExportedFile {
  filename: string
  mimeType: string
  export_id: string
}

/** A file is told of with where it is, which is in no row: it opens the file to whoever has it. */
function dataOf(data: { file?: ExportedFile }, request: AnyRequest): object {
  const { file, ...rest } = data
  if (file === undefined) return data
  const url = exportUrl(request, file.export_id)
  return url === null ? rest : { ...rest, file: { filename: file.filename, url, mimeType: file.mimeType } }
}

const notifications = reading({
  path: '/admin/notifications',
  singular: 'notification',
  plural: 'notifications',
  label: 'Notification',
  access: 'customers:read',
  query: z.strictObject({ q, id: ids, channel: oneOrMany.optional(), template: oneOrMany.optional() }),
  narrowing: {
    table: 'notification',
    columns: { channel: 'text', template: 'text', to: 'text', status: 'text' },
    named: { to: 'recipient', status: 'state' },
  },
  fields,
  orderable: ['created_at', 'id', 'updated_at'],
  descending: true,
  // What a message is about stands in its data.
  render: (row: NotificationView, request) => ({
    ...row,
    data: dataOf(row.data, request),
    trigger_type: null,
    resource_id: null,
    resource_type: null,
    receiver_id: null,
    provider_id: row.channel === 'feed' ? 'local' : 'mail',
    external_id: null,
  }),
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listNotificationsStatement(
        tenantOf(context),
        { id: query.id ?? null, q: wordPatterns(query.q), channel: query.channel ?? null, template: query.template ?? null },
        page,
      ),
    ),
})

export const routes: Route[] = notifications.routes
