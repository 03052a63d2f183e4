import { mailWordsOf } from '../words/index.js'
import { closingLines, page, paragraph, type RenderedMail } from './layout.js'

export interface Reminder {
  vendor: string
  store_name: string
  contact_email: string | null
  missing: string[]
  /** The day from which what the seller is owed is withheld. */
  withheld_from: string
  is_withheld: boolean
}

/** What a seller has not said of itself, and what follows from that. Where vendors sign in is English. */
export function sellerReminder(about: Reminder): RenderedMail {
  const sender = { ...about, locale: 'en' }
  const words = mailWordsOf('en')
  const subject = about.is_withheld
    ? `${about.store_name} withholds your payouts until you have said who you are`
    : `${about.store_name} must know who sells there: please state it`
  const lines = [
    `${about.store_name} reports to tax offices who sells there (Directive (EU) 2021/514, DAC7), and ${about.vendor} has not stated: ${about.missing.join(', ').replaceAll('_', ' ')}.`,
    'State it in the vendor portal, or by POST /vendor/seller-identity.',
    about.is_withheld
      ? 'You were reminded twice. What you are owed is withheld until it is stated.'
      : `What you are owed is withheld from ${about.withheld_from} on unless it is stated before.`,
  ]
  return {
    subject,
    text: [...lines, '', ...closingLines(words, sender)].join('\n'),
    html: page(subject, lines.map(paragraph).join(''), words, sender),
  }
}
