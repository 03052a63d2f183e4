import type { ParkedEvents } from '../../payments/index.js'
import { mailWordsOf } from '../words/index.js'
import { page, paragraph, type RenderedMail } from './layout.js'

const hour_ms = 3_600_000

function ageOf(since: Date, now: Date): string {
  const hours = Math.floor((now.getTime() - since.getTime()) / hour_ms)
  if (hours < 1) return 'less than an hour ago'
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`
}

/** Whom it is for: in whose name, what it means to them, where they see it, and what ends it. */
interface Told {
  sender: { store_name: string; contact_email: string | null }
  meaning: string
  see: string
  ends: string
}

/** Payment events that wait for a person. What they say of shoppers is not in it. Where staff and operators sign in is English. */
export function parkedEventsAlarm({ events, ids: { length: count } }: ParkedEvents, told: Told, now: Date): RenderedMail {
  const words = mailWordsOf('en')
  const sender = { ...told.sender, locale: 'en' }
  const subject = count === 1 ? 'A payment event waits for you' : `${count} payment events wait for you`
  const before = [told.meaning, ...(count > events.length ? [`The oldest ${events.length} of them:`] : [])]
  const listed = events.map(
    ({ id, type, object_reference, payment_account_id, reason, received_at }) =>
      `${id}: ${type}${object_reference === null ? '' : ` of ${object_reference}`}, account ${payment_account_id}, received ${ageOf(received_at, now)}. ${reason ?? ''}`,
  )
  const after = [
    `See them at ${told.see}, and look up what they name in the provider's own pages.`,
    `${told.ends} Until then you are told of it each day.`,
  ]
  return {
    subject,
    text: [...before, '', ...listed.map((line) => `- ${line}`), '', ...after, '', sender.store_name].join('\n'),
    html: page(subject, [...before, ...listed, ...after].map(paragraph).join(''), words, sender),
  }
}
