import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import type { EventPayloads } from '../../events/index.js'
import { type DecidedProduct, productReview } from '../templates/product-review.js'
import { noteInFeed } from './note-in-feed.js'
import { type MailSettings, type SendingStore, sendOnce, sendToEach } from './send-once.js'

const recipientsMost = 20

interface Proposal {
  product_id: string
  title: string
  vendor_name: string
}

/** Tells the store's staff that a product waits for them. Handler of `product.proposed`. */
export async function noteProposal(context: Context, { product_review_id: id }: EventPayloads['product.proposed']): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [proposal] = await unit.run(
      statement<Proposal>(
        'notifications.proposal',
        `select p.id as product_id, p.title, v.name as vendor_name
         from product_review w join product p on p.tenant_id = $1 and p.id = w.product_id and p.deleted_at is null
         join vendor v on v.tenant_id = $1 and v.id = w.vendor_id
         where w.tenant_id = $1 and w.id = $2 and w.status = 'open'`,
        [tenantOf(context), id],
      ),
    )
    if (proposal === undefined) return
    const { product_id, title, vendor_name } = proposal
    const description = `${vendor_name} proposes “${title}”`
    await noteInFeed(unit, {
      key: `product_review:${id}`,
      data: { title: 'Product proposed', description, product_id, product_review_id: id },
    })
  })
}

/** Mails those of a vendor's people who write its products what staff say of one, once. Handler of `product.reviewed`. */
export async function sendProductReview(
  context: Context,
  settings: MailSettings,
  { product_review_id: id }: EventPayloads['product.reviewed'],
): Promise<void> {
  const [row] = await context.db.read(context.scope, decidedStatement(tenantOf(context), id))
  if (row === undefined) return
  const mail = productReview(row, row)
  await sendToEach(row.recipients, (recipient) => {
    const uniqueKey = `product.reviewed:${id}:${recipient}`
    return sendOnce(context, settings, row, { template: 'product-review', recipient, uniqueKey, data: { product_review_id: id }, mail })
  })
}

function decidedStatement(tenantId: string, id: string): Statement<SendingStore & DecidedProduct & { recipients: string[] }> {
  return statement(
    'notifications.product_review',
    `select s.name as store_name, s.mail_from_name,
            (select h.theme #>> '{contact,email}' from store_theme h where h.tenant_id = $1 and h.name = 'storefront') as contact_email,
            w.product_id, p.title, w.status, w.message,
            array(select m.email from vendor_member m
              where m.tenant_id = $1 and m.deleted_at is null and m.vendor_id = w.vendor_id and exists (
                select 1 from role_grant g join role r on r.tenant_id = $1 and r.id = g.role_id and 'products:write' = any(r.permissions)
                where g.tenant_id = $1 and g.subject_type = 'member' and g.subject_id = m.id and g.vendor_id = w.vendor_id)
              order by m.email limit ${recipientsMost}) as recipients
     from product_review w join store s on s.tenant_id = $1 join product p on p.tenant_id = $1 and p.id = w.product_id and p.deleted_at is null
     where w.tenant_id = $1 and w.id = $2 and w.status in ('approved', 'rejected', 'changes_requested')`,
    [tenantId, id],
  )
}
