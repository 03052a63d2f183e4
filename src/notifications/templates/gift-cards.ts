import type { OrderMailRow } from '../queries.js'
import { mailWordsOf } from '../words/index.js'
import { closingLines, escapeHtml, formatMoney, page, paragraph, type RenderedMail } from './layout.js'

/** The mail with the codes of the gift cards that an order bought. */
export function giftCards(
  order: Pick<OrderMailRow, 'store_name' | 'contact_email' | 'locale' | 'display_id' | 'currency_code'>,
  cards: readonly { code: string; value_minor: bigint; expires_at: Date | null }[],
): RenderedMail {
  const words = mailWordsOf(order.locale)
  const subject = words.giftCards(cards.length, order.store_name, `#${order.display_id}`)
  const lines = cards.map((card) => {
    const until = card.expires_at === null ? '' : `, ${words.goodUntil(card.expires_at.toISOString().slice(0, 10))}`
    return `${card.code}   ${formatMoney(card.value_minor, order.currency_code, order.locale)}${until}`
  })
  const list = lines.map((line) => `<li style="font-family:monospace;font-size:16px">${escapeHtml(line)}</li>`).join('')
  const html = page(subject, `<ul>${list}</ul>${paragraph(words.giftHint)}`, words, order)
  return { subject, text: [...lines, '', words.giftHint, '', ...closingLines(words, order)].join('\n'), html }
}
