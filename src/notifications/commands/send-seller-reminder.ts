import { type Context, statement, tenantOf } from '../../db/index.js'
import { type Reminder, sellerReminder } from '../templates/seller-reminder.js'
import { type MailSettings, type SendingStore, sendOnce } from './send-once.js'

/** Mails a seller what it has not said of itself, once for each time that it is reminded. Handler of `seller.reminded`. */
export async function sendSellerReminder(
  context: Context,
  settings: MailSettings,
  told: Pick<Reminder, 'missing' | 'withheld_from' | 'is_withheld'> & { vendor_id: string; asked: number },
): Promise<void> {
  const [row] = await context.db.read(
    context.scope,
    statement<SendingStore & { vendor: string; email: string | null }>(
      'notifications.seller',
      `select s.name as store_name, s.mail_from_name, (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email, v.name as vendor,
              coalesce(v.email, (select m.email from vendor_member m where m.tenant_id = $1 and m.vendor_id = v.id and m.deleted_at is null order by m.created_at, m.id limit 1)) as email
       from store s join vendor v on v.tenant_id = $1 and v.id = $2 where s.tenant_id = $1`,
      [tenantOf(context), told.vendor_id],
    ),
  )
  if (row === undefined || row.email === null) return
  const { missing, withheld_from, is_withheld } = told
  await sendOnce(context, settings, row, {
    template: 'seller-reminder',
    recipient: row.email,
    uniqueKey: `seller.reminded:${told.vendor_id}:${withheld_from}:${told.asked}:${is_withheld}`,
    data: { missing },
    mail: sellerReminder({ ...row, missing, withheld_from, is_withheld }),
  })
}
