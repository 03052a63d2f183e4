import { type Context, statement, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { webhookNotice } from '../templates/webhook-notice.js'
import { type MailSettings, type SendingStore, sendOnce, sendToEach } from './send-once.js'

const recipientsMost = 20

interface Noticed extends SendingStore {
  url: string
  description: string | null
  disabled_reason: string
  vendor_id: string | null
  recipients: string[]
}

/**
 * Mails those who see to a webhook, of the store's staff or of the vendor, that it gets nothing any more: once each time. Handler of
 * `webhook_endpoint.disabled`; tells nothing of one that was enabled again meanwhile. Throws whatever the mail server answers.
 */
export async function sendWebhookNotice(
  context: Context,
  settings: MailSettings,
  { webhook_endpoint_id: id, disabled_at }: EventPayloads['webhook_endpoint.disabled'],
): Promise<void> {
  const [row] = await context.db.read(
    context.scope,
    statement<Noticed>(
      'notifications.webhook',
      `select s.name as store_name, s.mail_from_name,
              (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email,
              w.url, w.description, w.disabled_reason, w.vendor_id,
              array(select p.email from (
                  select 'user' as type, u.id, u.email from store_user u where u.tenant_id = $1 and u.deleted_at is null and w.vendor_id is null
                  union all
                  select 'member', m.id, m.email from vendor_member m
                  where m.tenant_id = $1 and m.deleted_at is null and m.vendor_id = w.vendor_id) p
                where exists (
                  select 1 from role_grant g join role r on r.tenant_id = $1 and r.id = g.role_id and 'webhooks:write' = any(r.permissions)
                  where g.tenant_id = $1 and g.subject_type = p.type and g.subject_id = p.id and g.vendor_id is not distinct from w.vendor_id)
                order by p.email limit ${recipientsMost}) as recipients
       from webhook_endpoint w join store s on s.tenant_id = $1
       where w.tenant_id = $1 and w.id = $2 and w.state = 'disabled' and w.disabled_reason is not null`,
      [tenantOf(context), id],
    ),
  )
  if (row === undefined) return
  const mail = webhookNotice(row, { ...row, id, surface: row.vendor_id === null ? 'admin' : 'vendor' })
  await sendToEach(row.recipients, (recipient) => {
    const uniqueKey = `webhook_endpoint.disabled:${id}:${disabled_at}:${recipient}`
    return sendOnce(context, settings, row, { template: 'webhook-disabled', recipient, uniqueKey, data: { webhook_id: id }, mail })
  })
}
