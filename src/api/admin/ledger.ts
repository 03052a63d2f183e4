import { z } from 'zod'
import { readPage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import { balancesStatement, journalStatement, trialBalanceStatement } from '../../ledger/index.js'
import { id, needWholeStore } from './shared.js'

const moment = z
  .string()
  .max(40)
  .refine((given) => !Number.isNaN(Date.parse(given)), 'is not a date')
  .transform((given) => new Date(given))

const transactionFields: FieldsPolicy = { defaults: ['id', 'source', 'kind', 'memo', 'occurred_at', 'postings.*'] }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/ledger/balances',
    summary: 'What every account stands at, now or at a moment, for the store or for one order',
    access: 'ledger:read',
    query: z.strictObject({ as_of: moment.optional(), order_id: id.optional() }),
    async handle({ ability, context, query }) {
      needWholeStore({ ability }, 'ledger:read')
      const rows = await context.db.read(
        context.scope,
        balancesStatement(tenantOf(context), { orderId: query.order_id ?? null, asOf: query.as_of ?? null }),
      )
      return {
        balances: rows.map(({ balance_minor, ...account }) => ({ ...account, balance: toMajor(balance_minor, account.currency_code) })),
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/ledger/transactions',
    summary: 'The journal, newest first unless ordered otherwise; debits are positive',
    access: 'ledger:read',
    fields: transactionFields,
    page: { limit: 50, orderable: ['id', 'occurred_at'], descending: true },
    async handle({ ability, context, page, fields }) {
      needWholeStore({ ability }, 'ledger:read')
      const { rows, count } = await readPage(context, page, (part) => journalStatement(tenantOf(context), part))
      const transactions = rows.map(({ postings, ...entry }) => ({
        ...entry,
        postings: postings.map(({ amount_minor, ...posting }) => ({ ...posting, amount: toMajor(amount_minor, posting.currency_code) })),
      }))
      const { offset, limit } = page
      return { transactions: transactions.map((entry) => fields.project(entry)), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/ledger/trial-balance',
    summary: 'The sum of all postings in each currency: anything but nothing is a fault',
    access: 'ledger:read',
    async handle({ ability, context }) {
      needWholeStore({ ability }, 'ledger:read')
      const rows = await context.db.read(context.scope, trialBalanceStatement(tenantOf(context)))
      return {
        trial_balance: rows.map(({ currency_code, sum_minor }) => ({ currency_code, sum: toMajor(sum_minor, currency_code) })),
        is_balanced: rows.every((row) => row.sum_minor === 0n),
      }
    },
  }),
]
