import { z } from 'zod'
import { permits } from '../../access/index.js'
import {
  codeHash,
  createGiftCard,
  type GiftCardRow,
  listGiftCardsStatement,
  renderGiftCard,
  updateGiftCard,
  voidGiftCard,
} from '../../credit/index.js'
import { tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, id, ids, needWholeStore, reading, removal, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'code',
    'status',
    'value',
    'balance',
    'currency_code',
    'expires_at',
    'customer_id',
    'reference',
    'reference_id',
    'order_id',
    'line_item_id',
    'store_credit_account_id',
    'note',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
  ],
}
const code = z.string().trim().min(1).max(limits.giftCardCode_characters)
const moment = z.iso.datetime({ offset: true }).transform((value) => new Date(value))
const described = { expires_at: moment.nullish(), note: text.nullish(), metadata }

/** A code is money: who only looks sees enough of it to tell it from others. */
function codeOf(request: AnyRequest): (card: GiftCardRow) => string {
  const isShown = permits(request.ability, 'gift_cards:write')
  return (card) => (isShown ? request.services.accountSealer.open(card.code_sealed) : `****${card.last_characters}`)
}

const giftCards = reading({
  path: '/admin/gift-cards',
  singular: 'gift_card',
  plural: 'gift_cards',
  label: 'Gift card',
  access: 'gift_cards:read',
  ids: { order_id: 'gift_card_order' },
  query: z.strictObject({ id: ids, code: code.optional(), customer_id: ids, order_id: ids }),
  narrowing: { table: 'gift_card', columns: { customer_id: 'text', expires_at: 'date' } },
  fields,
  descending: true,
  load: (request, query, page) => {
    needWholeStore(request, 'gift_cards:read')
    const { context, services } = request
    return context.db.read(
      context.scope,
      listGiftCardsStatement(
        tenantOf(context),
        {
          id: query.id ?? null,
          codeHash: query.code === undefined ? null : codeHash(services.accountSealer, query.code),
          customerId: query.customer_id ?? null,
          orderId: query.order_id ?? null,
        },
        page,
      ),
    )
  },
  render: ({ count: _count, ...card }: GiftCardRow & { count: number }, request) => renderGiftCard(card, codeOf(request)),
})

/** Who changes cards: only somebody for the whole store, whose money they are. */
function by(request: AnyRequest) {
  needWholeStore(request, 'gift_cards:write')
  return { actorId: request.context.actorId, now: request.context.clock.now() }
}

export const routes: Route[] = [
  ...giftCards.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/gift-cards',
    summary: 'Give a gift card away; without a code one is made up',
    access: 'gift_cards:write',
    body: z.strictObject({
      value: z.number().gt(0),
      currency_code: currencyCode,
      code: code.optional(),
      customer_id: id.nullish(),
      ...described,
    }),
    fields,
    async handle(request) {
      const { services, body } = request
      const made = await write(request, (unit) => createGiftCard(unit, services.accountSealer, body, by(request)))
      return giftCards.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/gift-cards/:id',
    summary: 'Change until when a gift card is good, and what is noted of it',
    access: 'gift_cards:write',
    body: z.strictObject(described),
    fields,
    ids: { id: 'gift_card' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'gift_cards:write')
      await write(request, (unit) => updateGiftCard(unit, wanted, request.body))
      return giftCards.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/gift-cards',
    object: 'gift_card',
    summary: 'Void a gift card: what it still holds is gone',
    access: 'gift_cards:write',
    remove: (unit, wanted, request) => voidGiftCard(unit, wanted, by(request)),
  }),
]
