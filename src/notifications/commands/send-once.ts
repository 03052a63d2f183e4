import { type Context, tenantOf } from '../../db/index.js'
import { newId, unavailable } from '../../kernel/index.js'
import type { Mailer } from '../mailer.js'
import { markSentStatement, markUnsentStatement, upsertNotificationStatement } from '../queries.js'
import type { RenderedMail } from '../templates/layout.js'

export interface MailSettings {
  mailer: Mailer
  /** Sender address of the deployment; the store's name stands before it. */
  fromAddress: string
}

/**
 * Sends to each: an address that the mail server refuses keeps nobody else from theirs.
 * @throws what the mail server answered, where nobody got one
 */
export async function sendToEach(recipients: readonly string[], send: (recipient: string) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const recipient of recipients) await send(recipient).catch((error) => failures.push(error))
  if (failures.length > 0 && failures.length === recipients.length) throw failures[0]
}

/** Whose name a mail is sent in. */
export interface SendingStore {
  store_name: string
  mail_from_name: string | null
  /** Who gets the answers; none where the store names nobody. */
  contact_email: string | null
}

export interface OneMail {
  template: string
  recipient: string
  /** One mail per key, however often it is tried. */
  uniqueKey: string
  /** What is kept of it besides; never a code. */
  data: object
  mail: RenderedMail
}

/**
 * Row first, then the mail outside any transaction, then the mark. A crash between mail and mark sends a second copy
 * with the same Message-ID, which mail clients show once; a crash before the mail loses nothing.
 * @throws what the mail server answered; unexpected_state (503) where another job is sending it: the next try sees what became of that
 */
export async function sendOnce(context: Context, settings: MailSettings, store: SendingStore, one: OneMail): Promise<void> {
  const { template, recipient, uniqueKey, data, mail } = one
  const tenantId = tenantOf(context)
  const notification = { id: newId('noti'), template, recipient, subject: mail.subject, data, uniqueKey }
  const [row] = await context.db.unitOfWork(context.scope, (unit) => unit.run(upsertNotificationStatement(tenantId, notification)))
  if (row === undefined || row.state === 'sent') return
  if (!row.is_ours) throw unavailable('Another job is sending this mail')
  const name = (store.mail_from_name ?? store.store_name).replace(/["\r\n]/g, '')
  try {
    await settings.mailer.send({
      from: `"${name}" <${settings.fromAddress}>`,
      to: recipient,
      ...(store.contact_email === null ? {} : { replyTo: store.contact_email }),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: `<${row.id}@stoa>`,
    })
  } catch (error) {
    await context.db.unitOfWork(context.scope, (unit) => unit.run(markUnsentStatement(tenantId, row.id, notification.id)))
    throw error
  }
  await context.db.unitOfWork(context.scope, (unit) => unit.run(markSentStatement(tenantId, row.id)))
}
