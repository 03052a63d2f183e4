import { z } from 'zod'
import {
  correctAccount,
  ensureAccount,
  listAccountsStatement,
  listTransactionsStatement,
  renderAccount,
  renderTransaction,
} from '../../credit/index.js'
import { countBeside, type ListPage, singlePage, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { creditOrder } from '../../orders/index.js'
import { refundAsCredit } from '../../payments/index.js'
import { answerOrder, orderFields } from './order-answers.js'
import { id, ids, name, needWholeStore, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'customer_id', 'currency_code', 'balance', 'credits', 'debits', 'metadata', 'created_at', 'updated_at', 'deleted_at'],
}
const transactionFields: FieldsPolicy = {
  defaults: ['id', 'account_id', 'type', 'amount', 'currency_code', 'reference', 'reference_id', 'note', 'created_by', 'created_at'],
}
const path = '/admin/store-credit-accounts'

const accounts = reading({
  path,
  singular: 'store_credit_account',
  plural: 'store_credit_accounts',
  label: 'Store credit account',
  access: 'store_credit:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, customer_id: ids, currency_code: currencyCode.optional() }),
  narrowing: { table: 'store_credit_account', columns: { customer_id: 'text' } },
  fields,
  load: (request, query, page) => {
    const { context } = request
    return context.db.read(
      context.scope,
      listAccountsStatement(
        tenantOf(context),
        { id: query.id ?? null, customerId: query.customer_id ?? null, currencyCode: query.currency_code ?? null },
        page,
      ),
    )
  },
  render: ({ count: _count, ...account }: Parameters<typeof renderAccount>[0] & { count: number }) => renderAccount(account),
})

export const routes: Route[] = [
  ...accounts.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path,
    summary: "Open a customer's store credit account in a currency, or find it",
    access: 'store_credit:write',
    body: z.strictObject({ customer_id: id, currency_code: currencyCode, metadata }),
    fields,
    async handle(request) {
      needWholeStore(request, 'store_credit:write')
      return accounts.answer(request, await write(request, (unit) => ensureAccount(unit, request.body)))
    },
  }),
  ...(['credit', 'debit'] as const).map((type) =>
    route({
      surface: 'admin',
      method: 'POST',
      path: `${path}/:id/${type}`,
      summary: type === 'credit' ? 'Give store credit' : 'Take store credit back',
      access: 'store_credit:write',
      body: z.strictObject({ amount: z.number().gt(0), note: text.nullish() }),
      fields,
      ids: { id: 'store_credit_account' },
      async handle(request) {
        needWholeStore(request, 'store_credit:write')
        const { context, body, params } = request
        const wanted = params.id as string
        const by = { actorId: context.actorId, now: context.clock.now() }
        await write(request, (unit) => correctAccount(unit, wanted, { type, ...body }, by))
        return accounts.answer(request, wanted)
      },
    }),
  ),
  route({
    surface: 'admin',
    method: 'GET',
    path: `${path}/:id/transactions`,
    summary: 'What changed the balance of an account',
    access: 'store_credit:read',
    fields: transactionFields,
    page: { limit: 50, orderable: ['created_at', 'id'], descending: true },
    ids: { id: 'store_credit_account' },
    async handle(request) {
      needWholeStore(request, 'store_credit:read')
      const { context, page, params } = request
      const wanted = params.id as string
      const tenantId = tenantOf(context)
      const ofAccount = (part: ListPage) => listTransactionsStatement(tenantId, wanted, part)
      const [[account], rows] = await context.db.readAll(context.scope, [
        listAccountsStatement(tenantId, { id: [wanted], customerId: null, currencyCode: null }, singlePage),
        ofAccount(page),
      ])
      if (account === undefined) throw notFound(`Store credit account with id: ${wanted} was not found`)
      const transactions = rows.map(({ count: _count, ...row }) => request.fields.project(renderTransaction(row)))
      return { transactions, count: await countBeside(rows, context, page, ofAccount), offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/credit-lines',
    summary: 'Take off what is still owed for an order, or give of it back as store credit',
    access: 'payments:refund',
    // With what it refers to it is Medusa's line of credit; without, an amount to give back.
    body: z.union([
      z.strictObject({ amount: z.number().gt(0), note: text.nullish() }),
      z.strictObject({ amount: z.number(), reference: name, reference_id: name, metadata }),
    ]),
    fields: orderFields,
    ids: { id: 'order', reference_id: 'external_id' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payments:refund')
      const { body, context } = request
      await ('reference' in body ? creditOrder(context, wanted, body) : refundAsCredit(context, wanted, body))
      return answerOrder(request, wanted)
    },
  }),
]
