import { z } from 'zod'
import { permits } from '../../access/index.js'
import {
  claimGiftCard,
  codeHash,
  createGiftCard,
  type GiftCardRow,
  listGiftCardsStatement,
  ordersOfGiftCardStatement,
  renderGiftCard,
  updateGiftCard,
  voidGiftCard,
} from '../../credit/index.js'
import { customerStatement, unknownCustomer } from '../../customers/index.js'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { listOrdersStatement, orderOrders } from '../../orders/index.js'
import { orderFields, renderedAll } from './order-answers.js'
import { type AnyRequest, id, ids, moment, needWholeStore, reading, removal, text, write } from './shared.js'

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
  isOfWholeStore: true,
  ids: { order_id: 'gift_card_order' },
  query: z.strictObject({ id: ids, code: code.optional(), customer_id: ids, order_id: ids }),
  narrowing: { table: 'gift_card', columns: { customer_id: 'text', expires_at: 'date' } },
  fields,
  descending: true,
  load: (request, query, page) => {
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

const everything = { id: null, codeHash: null, customerId: null, orderId: null }

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
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/gift-cards/:id/redeem',
    summary: "Put what a gift card holds into a customer's account",
    access: 'gift_cards:write',
    body: z.strictObject({ customer_id: id }),
    fields,
    ids: { id: 'gift_card', customer_id: 'customer' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'gift_cards:write')
      const { context, services, body } = request
      await write(request, async (unit) => {
        const [card] = await unit.run(listGiftCardsStatement(tenantOf(unit), { ...everything, id: [wanted] }, singlePage))
        if (card === undefined) throw notFound(`Gift card with id: ${wanted} was not found`)
        const [customer] = await unit.run(customerStatement(tenantOf(unit), body.customer_id))
        if (customer === undefined) throw unknownCustomer(body.customer_id)
        await claimGiftCard(unit, services.accountSealer, body.customer_id, services.accountSealer.open(card.code_sealed), context.actorId)
      })
      return giftCards.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/gift-cards/:id/orders',
    summary: 'The orders that a gift card paid for',
    access: 'gift_cards:read',
    fields: orderFields,
    page: { limit: 50, orderable: orderOrders, descending: true },
    ids: { id: 'gift_card' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'orders:read')
      const { context, page } = request
      const { offset, limit } = page
      const tenantId = tenantOf(context)
      const [[card], paid] = await context.db.readAll(context.scope, [
        listGiftCardsStatement(tenantId, { ...everything, id: [wanted] }, singlePage),
        ordersOfGiftCardStatement(tenantId, wanted, limits.batch),
      ])
      if (card === undefined) throw notFound(`Gift card with id: ${wanted} was not found`)
      const filter = { q: null, status: null, customerId: null, salesChannelId: null, vendorId: null, id: paid.map((row) => row.order_id) }
      const { rows, count } = await readPage(context, page, (part) => listOrdersStatement(tenantId, { ...filter, ...part }))
      const orders = await renderedAll(
        request,
        rows.map(({ count: _count, ...order }) => order),
      )
      return { orders, count, offset, limit }
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
