import type { WaitingOperatorEvent } from '../../payments/index.js'
import { mailWordsOf } from '../words/index.js'
import { page, paragraph, type RenderedMail } from './layout.js'

const hour_ms = 3_600_000

function ageOf(since: Date, now: Date): string {
  const hours = Math.floor((now.getTime() - since.getTime()) / hour_ms)
  if (hours < 1) return 'less than an hour ago'
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`
}

/** Events of the operator's payment accounts that wait for a person. What they say of shoppers is not in it. */
export function operatorAlarm(
  { events, count }: { events: readonly WaitingOperatorEvent[]; count: number },
  publicUrl: string,
  now: Date,
): RenderedMail {
  const words = mailWordsOf('en')
  const sender = { store_name: 'Stoa', contact_email: null, locale: 'en' }
  const subject = count === 1 ? 'A payment event waits for you' : `${count} payment events wait for you`
  const before = [
    'Of these events of your accounts at payment providers no store is known that they belong to. Money may have moved.',
    ...(count > events.length ? [`The oldest ${events.length} of them:`] : []),
  ]
  const listed = events.map(
    ({ id, type, object_reference, payment_account_id, reason, received_at }) =>
      `${id}: ${type}${object_reference === null ? '' : ` of ${object_reference}`}, account ${payment_account_id}, received ${ageOf(received_at, now)}. ${reason ?? ''}`,
  )
  const after = [
    `See them at ${publicUrl}/platform/payment-events?state=parked, and look up what they name in the provider's own pages.`,
    'Then POST /platform/payment-events/<id>/retry, which looks again whose one is, or /ignore, which puts it aside. Until then you are told of it each day.',
  ]
  return {
    subject,
    text: [...before, '', ...listed.map((line) => `- ${line}`), '', ...after, '', sender.store_name].join('\n'),
    html: page(subject, [...before, ...listed, ...after].map(paragraph).join(''), words, sender),
  }
}
