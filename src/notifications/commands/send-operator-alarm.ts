import { createHash } from 'node:crypto'
import type { Context } from '../../db/index.js'
import { noteOperatorAlarm, takeOperatorAlarm } from '../../payments/index.js'
import { parkedEventsAlarm } from '../templates/parked-events-alarm.js'
import type { MailSettings } from './send-once.js'

/**
 * Tells the operators of events of their payment accounts that wait for a person: in one mail, once, and each day again until somebody
 * has seen to them. A crash after the mail sends it once more, with the same Message-ID. Throws whatever the mail server answers.
 */
export async function sendOperatorAlarm(context: Context, settings: MailSettings & { publicUrl: string }): Promise<void> {
  const alarm = await takeOperatorAlarm(context)
  if (alarm === null) return
  const { recipients, ids } = alarm
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
    ...parkedEventsAlarm(
      alarm,
      {
        sender: { store_name: 'Stoa', contact_email: null },
        meaning: 'Of these events of your accounts at payment providers no store is known that they belong to. Money may have moved.',
        see: `${settings.publicUrl}/platform/payment-events?state=parked`,
        ends: 'Then POST /platform/payment-events/<id>/retry, which looks again whose one is, or /ignore, which puts it aside.',
      },
      now,
    ),
  })
  await noteOperatorAlarm(context, alarm)
}
