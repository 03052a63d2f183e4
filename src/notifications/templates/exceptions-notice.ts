import { mailWordsOf } from '../words/index.js'
import { closingLines, formatMoney, page, paragraph, type RenderedMail } from './layout.js'

export interface NoticedException {
  kind: string
  reference: string
  amount_minor: bigint | null
  currency_code: string | null
  detail: string
}

/** What a store's books and its payment provider do not agree on. Where staff sign in is English. */
export function exceptionsNotice(
  store: { store_name: string; contact_email: string | null },
  { count, listed }: { count: number; listed: readonly NoticedException[] },
): RenderedMail {
  const words = mailWordsOf('en')
  const sender = { ...store, locale: 'en' }
  const subject = `${store.store_name}: ${count} new ${count === 1 ? 'exception' : 'exceptions'} to look at in the reconciliation`
  const before = ["The store's books and its payment provider do not agree. Nothing was changed, and no money was moved, for that."]
  const lines = listed.map(({ kind, reference, amount_minor, currency_code, detail }) => {
    const amount = amount_minor === null || currency_code === null ? '' : `, ${formatMoney(amount_minor, currency_code, 'en')}`
    return `${kind.replaceAll('_', ' ')} (${reference}${amount}): ${detail}`
  })
  const after = [
    ...(count > listed.length ? [`And ${count - listed.length} more.`] : []),
    'See them at /admin/reconciliation/exceptions?state=open. One is closed by the first run that finds it no more.',
  ]
  return {
    subject,
    text: [...before, '', ...lines.map((line) => `- ${line}`), '', ...after, '', ...closingLines(words, sender)].join('\n'),
    html: page(subject, [...before, ...lines, ...after].map(paragraph).join(''), words, sender),
  }
}
