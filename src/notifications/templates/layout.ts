import { toMajor } from '../../kernel/index.js'
import { directionOf, isLocale } from '../../translations/index.js'
import type { MailWords } from '../words/index.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text from people (names, titles) for use inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
}

/** An amount as people of a language write it: `$10.50`, `10,50 $`, `¥1,200`. */
export function formatMoney(minor: bigint | number, currency: string, locale: string): string {
  // Between letters that run to the left, `US$` falls apart.
  const currencyDisplay = directionOf(locale) === 'rtl' ? 'code' : 'symbol'
  // A cart takes any word for a language; one that is none must not keep the mail from being sent.
  return new Intl.NumberFormat(isLocale(locale) ? locale : 'en', {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay,
  }).format(toMajor(minor, currency))
}

/** Whose mail it is, in which language, and where it is answered. */
export interface Sender {
  locale: string
  store_name: string
  contact_email: string | null
}

export const paragraph = (words: string) => `<p>${escapeHtml(words)}</p>`

/** A text that breaks lines by itself, each in the direction of its own letters. */
export const lines = (words: string) => `<p style="white-space:pre-line;unicode-bidi:plaintext">${escapeHtml(words)}</p>`

export const heading = (words: string) => `<h2 style="font-size:16px;margin:24px 0 4px">${escapeHtml(words)}</h2>`

/** The last lines of a mail: where to ask, and who writes. */
export function closingLines(words: MailWords, { store_name, contact_email }: Sender): string[] {
  return [...(contact_email === null ? [] : [words.questions(contact_email)]), store_name]
}

/** The frame that all mails share. `body` is HTML made from escaped parts. */
export function page(title: string, body: string, words: MailWords, sender: Sender): string {
  const footer = closingLines(words, sender).map(escapeHtml).join('<br>')
  return (
    `<!doctype html><html lang="${escapeHtml(sender.locale)}" dir="${directionOf(sender.locale)}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>` +
    `<body style="margin:0;background:#f4f4f2;font:16px/1.5 system-ui,sans-serif;color:#222">` +
    `<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff">` +
    `<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(title)}</h1>${body}` +
    `<p style="margin-top:32px;color:#666;font-size:13px">${footer}</p></div></body></html>`
  )
}

/** A link as a button that mail clients show. */
export function button(label: string, address: string): string {
  const style = 'display:inline-block;padding:10px 18px;border-radius:6px;background:#222;color:#fff;text-decoration:none'
  return `<p style="margin-top:24px"><a href="${escapeHtml(address)}" style="${style}">${escapeHtml(label)}</a></p>`
}
