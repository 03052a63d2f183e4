import { type Context, statement, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { exceptionsNotice, type NoticedException } from '../templates/exceptions-notice.js'
import { type MailSettings, type SendingStore, sendOnce, sendToEach } from './send-once.js'

const listedMost = 20
const recipientsMost = 20

interface Noticed extends SendingStore {
  recipients: string[]
  listed: (Omit<NoticedException, 'amount_minor'> & { amount_minor: string | null })[]
}

/**
 * Mails those of the staff who see to reconciliations, and to the whole store, what a run has found that was not open before, once for
 * a run. Handler of `reconciliation.found`. Throws whatever the mail server answers.
 */
export async function sendExceptionsNotice(
  context: Context,
  settings: MailSettings,
  { reconciliation_run_id: runId, found }: EventPayloads['reconciliation.found'],
): Promise<void> {
  const [store] = await context.db.read(
    context.scope,
    statement<Noticed>(
      'notifications.exceptions',
      `select s.name as store_name, s.mail_from_name,
              (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email,
              array(select u.email from store_user u where u.tenant_id = $1 and u.deleted_at is null and exists (
                  select 1 from role_grant g join role r on r.tenant_id = $1 and r.id = g.role_id and 'reconciliation:write' = any(r.permissions)
                  where g.tenant_id = $1 and g.subject_type = 'user' and g.subject_id = u.id and g.vendor_id is null)
                order by u.email limit ${recipientsMost}) as recipients,
              coalesce((select json_agg(json_build_object('kind', e.kind, 'reference', e.reference, 'amount_minor', e.amount_minor::text,
                  'currency_code', e.currency_code, 'detail', e.detail)) from (
                select kind, reference, amount_minor, currency_code, detail from reconciliation_exception
                where tenant_id = $1 and resolved_at is null order by first_seen_at desc, id desc limit $2) e), '[]') as listed
       from store s where s.tenant_id = $1`,
      [tenantOf(context), Math.min(found, listedMost)],
    ),
  )
  if (store === undefined) return
  const listed = store.listed.map((one) => ({ ...one, amount_minor: one.amount_minor === null ? null : BigInt(one.amount_minor) }))
  const mail = exceptionsNotice(store, { count: found, listed })
  await sendToEach(store.recipients, (recipient) => {
    const uniqueKey = `reconciliation.found:${runId}:${recipient}`
    return sendOnce(context, settings, store, { template: 'reconciliation-exceptions', recipient, uniqueKey, data: { found }, mail })
  })
}
