import type { OrderMailRow } from '../queries.js'
import { escapeHtml, formatMoney, page, type RenderedMail } from './layout.js'

/** The mail with the codes of the gift cards that an order bought. */
export function giftCards(
  order: Pick<OrderMailRow, 'store_name' | 'display_id' | 'currency_code'>,
  cards: readonly { code: string; value_minor: bigint; expires_at: Date | null }[],
): RenderedMail {
  const subject = `Your gift ${cards.length === 1 ? 'card' : 'cards'} from ${order.store_name} (order #${order.display_id})`
  const lines = cards.map((card) => {
    const until = card.expires_at === null ? '' : `, good until ${card.expires_at.toISOString().slice(0, 10)}`
    return `${card.code}   ${formatMoney(card.value_minor, order.currency_code)}${until}`
  })
  const hint = 'Whoever has a code can pay with it at the checkout, in one purchase or several. Keep it as you keep money.'
  const list = lines.map((line) => `<li style="font-family:monospace;font-size:16px">${escapeHtml(line)}</li>`).join('')
  return { subject, text: [...lines, '', hint].join('\n'), html: page(subject, `<ul>${list}</ul><p>${hint}</p>`, order.store_name) }
}
