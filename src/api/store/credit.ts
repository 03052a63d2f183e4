import { z } from 'zod'
import { addGiftCard, removeGiftCard, useStoreCredit } from '../../carts/index.js'
import { claimGiftCard, codeHash, giftCardStatement, listAccountsStatement, renderAccount, renderGiftCard } from '../../credit/index.js'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { giftCardCartFields } from './cart-fields.js'
import { answerCart } from './carts.js'
import { customerIdOf } from './customers.js'
import { listed } from './shared.js'

const code = z.string().trim().min(1).max(limits.giftCardCode_characters)
/** What whoever has a code may know: neither who bought the card nor who was given it. */
const giftCardFields: FieldsPolicy = {
  defaults: ['id', 'code', 'value', 'balance', 'currency_code', 'status', 'expires_at', 'created_at', 'updated_at'],
}
const accountFields: FieldsPolicy = {
  defaults: ['id', 'customer_id', 'currency_code', 'balance', 'credits', 'debits', 'metadata', 'created_at', 'updated_at'],
}

async function answerAccount(request: RequestContext<unknown, unknown>, id: string) {
  const { context, fields } = request
  const filter = { id: [id], customerId: [customerIdOf(request)], currencyCode: null }
  const [account] = await context.db.read(context.scope, listAccountsStatement(tenantOf(context), filter, singlePage))
  if (account === undefined) throw notFound(`Store credit account with id: ${id} was not found`)
  return { store_credit_account: fields.project(renderAccount(account)) }
}

const cartRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/gift-cards',
    summary: 'Pay a cart with a gift card, as far as it goes',
    access: 'public',
    limit: 'code',
    body: z.strictObject({ code }),
    fields: giftCardCartFields,
    ids: { id: 'cart', code: 'gift_card_code' },
    async handle(request) {
      const { context, services, params, body } = request
      return answerCart(request, await addGiftCard(context, services.accountSealer, params.id as string, body.code))
    },
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: '/store/carts/:id/gift-cards',
    summary: 'Take a gift card from a cart',
    access: 'public',
    body: z.strictObject({ code }),
    fields: giftCardCartFields,
    ids: { id: 'cart', code: 'gift_card_code' },
    async handle(request) {
      const { context, services, params, body } = request
      return answerCart(request, await removeGiftCard(context, services.accountSealer, params.id as string, body.code))
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/store-credits',
    summary: "Pay a cart with the signed-in customer's store credit: all of it, or an amount; 0 for none",
    access: 'customer',
    body: z.strictObject({ amount: z.number().min(0).optional() }),
    fields: giftCardCartFields,
    ids: { id: 'cart' },
    async handle(request) {
      const { context, params, body } = request
      return answerCart(request, await useStoreCredit(context, params.id as string, customerIdOf(request), body.amount))
    },
  }),
]

export const routes: Route[] = [
  ...cartRoutes,
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/gift-cards/:code',
    summary: 'What a gift card still holds, to whoever has its code',
    access: 'public',
    limit: 'code',
    fields: giftCardFields,
    ids: { code: 'gift_card_code' },
    async handle(request) {
      const { context, services, params, fields } = request
      const hash = codeHash(services.accountSealer, params.code as string)
      const [card] = await context.db.read(context.scope, giftCardStatement(tenantOf(context), hash))
      if (card === undefined) throw notFound('Gift card not found')
      return { gift_card: fields.project(renderGiftCard(card, ({ code_sealed }) => services.accountSealer.open(code_sealed))) }
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/store-credit-accounts',
    summary: "The signed-in customer's store credit in a currency",
    access: 'customer',
    query: z.strictObject({ currency_code: currencyCode }),
    fields: accountFields,
    page: { limit: 15, orderable: ['created_at', 'updated_at', 'id'] },
    async handle(request) {
      const { context, page, query } = request
      const filter = { id: null, customerId: [customerIdOf(request)], currencyCode: query.currency_code }
      const { rows, count } = await readPage(context, page, (part) => listAccountsStatement(tenantOf(context), filter, part))
      return listed(
        'store_credit_accounts',
        rows.map(({ count: _count, ...row }) => renderAccount(row)),
        request,
        count,
      )
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/store-credit-accounts/:id',
    summary: "Store credit of the signed-in customer's",
    access: 'customer',
    fields: accountFields,
    ids: { id: 'store_credit_account' },
    handle: (request) => answerAccount(request, request.params.id as string),
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/store-credit-accounts/claim',
    summary: "Put what a gift card holds into the signed-in customer's account",
    access: 'customer',
    limit: 'code',
    body: z.strictObject({ code }),
    fields: accountFields,
    ids: { code: 'gift_card_code' },
    async handle(request) {
      const { context, services, body } = request
      const id = await context.db.unitOfWork(context.scope, (unit) =>
        claimGiftCard(unit, services.accountSealer, customerIdOf(request), body.code),
      )
      return answerAccount(request, id)
    },
  }),
]
