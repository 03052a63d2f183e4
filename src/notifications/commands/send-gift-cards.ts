import { type GiftCardRow, listGiftCardsStatement } from '../../credit/index.js'
import { type Context, tenantOf } from '../../db/index.js'
import { limits } from '../../kernel/index.js'
import { readMailedOrder } from '../mailed-order.js'
import { giftCards } from '../templates/gift-cards.js'
import type { AccountMailSettings } from './send-account-mail.js'
import { sendOnce } from './send-once.js'

/** Mails the buyer the codes of the gift cards that an order bought, once. Handler of `gift_cards.issued`. */
export async function sendGiftCards(context: Context, settings: AccountMailSettings, orderId: string): Promise<void> {
  const tenantId = tenantOf(context)
  const cards: GiftCardRow[] = []
  const filter = { id: null, codeHash: null, customerId: null, orderId: [orderId] }
  const order = await readMailedOrder(context, orderId)
  for (let count = 1; cards.length < count; ) {
    const page = { limit: limits.page, offset: cards.length, order: { field: 'id', descending: false } }
    const rows = await context.db.read(context.scope, listGiftCardsStatement(tenantId, filter, page))
    if (rows.length === 0) break
    count = rows[0]?.count ?? 0
    cards.push(...rows)
  }
  const usable = cards.filter((card) => card.status !== 'canceled')
  if (order.email === null || usable.length === 0) return
  const mail = giftCards(
    order,
    usable.map((card) => ({ code: settings.sealer.open(card.code_sealed), value_minor: card.value_minor, expires_at: card.expires_at })),
  )
  // The last card's piece is in the key: what is issued later is in a mail of its own.
  const uniqueKey = `gift_cards.issued:${orderId}:${cards.length}`
  await sendOnce(context, settings, order, {
    template: 'gift-cards',
    recipient: order.email,
    uniqueKey,
    data: { display_id: order.display_id },
    mail,
  })
}
