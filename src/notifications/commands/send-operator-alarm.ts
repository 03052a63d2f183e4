import { createHash } from 'node:crypto'
import type { Context } from '../../db/index.js'
import { noteOperatorAlarm, takeOperatorAlarm } from '../../payments/index.js'
import { operatorAlarm } from '../templates/operator-alarm.js'
import type { MailSettings } from './send-once.js'

/**
 * Tells the operators of events of their payment accounts that wait for a person: in one mail, once, and each day again until somebody
 * has seen to them. A crash after the mail sends it once more, with the same Message-ID. Throws whatever the mail server answers.
 */
export async function sendOperatorAlarm(context: Context, settings: MailSettings & { publicUrl: string }): Promise<void> {
  const alarm = await takeOperatorAlarm(context)
  if (alarm === null) return
  const { recipients, events, ids } = alarm
  const now = context.clock.now()
  const day = now.toISOString().slice(0, 10)
  const digest = createHash('sha256')
    .update([day, ...ids].join('\n'))
    .digest('hex')
    .slice(0, 32)
  await settings.mailer.send({
    from: `"Stoa" <${settings.fromAddress}>`,
    to: recipients.join(', '),
    messageId: `<operator-alarm-${digest}@stoa>`,
    ...operatorAlarm({ events, count: ids.length }, settings.publicUrl, now),
  })
  await noteOperatorAlarm(context, alarm)
}
