import { createHash } from 'node:crypto'
import { type Context, statement, tenantOf } from '../../db/index.js'
import { noteParkedEventsTold, takeParkedEvents } from '../../payments/index.js'
import { parkedEventsAlarm } from '../templates/parked-events-alarm.js'
import { type MailSettings, type SendingStore, sendOnce, sendToEach } from './send-once.js'

const recipientsMost = 20

/**
 * Tells those of a store's staff who see to its payment accounts of events that wait for a person: in one mail, once, and each day again
 * until somebody has seen to them. Handler of `payment_events.parked`; may run any number of times. Throws whatever the mail server answers.
 */
export async function sendParkedEventsAlarm(context: Context, settings: MailSettings & { publicUrl: string }): Promise<void> {
  const alarm = await takeParkedEvents(context)
  if (alarm === null) return
  const [store] = await context.db.read(
    context.scope,
    statement<SendingStore & { recipients: string[] }>(
      'notifications.parked_events',
      `select s.name as store_name, s.mail_from_name,
              (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email,
              array(select u.email from store_user u where u.tenant_id = $1 and u.deleted_at is null and exists (
                  select 1 from role_grant g join role r on r.tenant_id = $1 and r.id = g.role_id and 'payment_accounts:write' = any(r.permissions)
                  where g.tenant_id = $1 and g.subject_type = 'user' and g.subject_id = u.id and g.vendor_id is null)
                order by u.email limit ${recipientsMost}) as recipients
       from store s where s.tenant_id = $1`,
      [tenantOf(context)],
    ),
  )
  if (store === undefined) return
  const now = context.clock.now()
  const told = {
    sender: store,
    meaning:
      'These events of your account at a payment provider were set aside: what they name is not known, or not as it should be. Money may have moved.',
    see: `${settings.publicUrl}/admin/payment-events?state=parked`,
    ends: 'Then POST /admin/payment-events/<id>/retry, which reads anew what one points at, or /ignore, which puts it aside.',
  }
  const mail = parkedEventsAlarm(alarm, told, now)
  const digest = createHash('sha256')
    .update([now.toISOString().slice(0, 10), ...alarm.ids].join('\n'))
    .digest('hex')
    .slice(0, 32)
  await sendToEach(store.recipients, (recipient) => {
    const uniqueKey = `payment_events.parked:${digest}:${recipient}`
    return sendOnce(context, settings, store, { template: 'parked-events', recipient, uniqueKey, data: { count: alarm.ids.length }, mail })
  })
  await noteParkedEventsTold(context, alarm)
}
