import { z } from 'zod'
import { permits, reachOf } from '../../access/index.js'
import { recordReading } from '../../audit/index.js'
import type { Context } from '../../db/index.js'
import { Reply, type RequestContext, type Route, route } from '../../http/index.js'
import { csvOf, type Sealer, toMajor } from '../../kernel/index.js'
import {
  type Dac7Seller,
  dac7Report,
  type Form1099kPayee,
  form1099kReport,
  remindSellersNightly,
  reportedOf,
  sellerReminders,
  viewOfIdentity,
} from '../../reports/index.js'
import { type AnyRequest, needWholeStore, write } from './shared.js'

const query = z.strictObject({
  year: z.coerce.number().int().min(2000).max(2200),
  format: z.enum(['json', 'csv']).optional(),
})

const wantsCsv = ({ query: { format }, sent }: Pick<RequestContext<z.output<typeof query>, unknown>, 'query' | 'sent'>): boolean =>
  format === undefined ? /^\s*text\/csv\b/i.test(sent.accept) : format === 'csv'

function fileOf(name: string, content: string): Reply {
  const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` }
  return new Reply(content, { headers })
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']

const dac7Query = query.extend({ identities: z.enum(['masked', 'clear']).optional() })

/** Who a seller is: with nothing hidden for whoever files the report, else as staff see it. */
function identityOf(seller: Dac7Seller, sealer: Sealer, isClear: boolean): Record<string, unknown> | null {
  const { identity, payee_reference } = seller
  if (identity === null) return null
  if (!isClear) return { ...viewOfIdentity(sealer, identity) }
  const reported = reportedOf(sealer, identity)
  // An account that the money went to is known to the store, also where the seller states none.
  if (reported.account_identifier !== null || payee_reference === null) return { ...reported }
  return { ...reported, account_identifier: payee_reference, account_identifier_type: 'other' }
}

const identityColumns = [
  'kind',
  'name',
  'tax_number',
  'tax_number_country',
  'vat_number',
  'registration_number',
  'birth_date',
  'birth_place',
  'account_identifier',
  'account_identifier_type',
  'account_holder',
] as const
const addressColumns = ['address_1', 'address_2', 'postal_code', 'city', 'province', 'country_code'] as const
const countryColumns = ['residence_countries', 'establishment_countries'] as const

type Cell = string | number | boolean | null

function dac7Rows(year: number, sellers: readonly (Dac7Seller & { shown: Record<string, unknown> | null })[], isClear: boolean): string {
  const columns = ['year', 'vendor_id', 'vendor_name', 'currency_code', 'quarter', 'consideration', 'activities', 'fees', 'taxes']
  const who = isClear ? [...identityColumns, ...addressColumns, ...countryColumns] : []
  return csvOf(
    [...columns, 'is_goods_only', 'is_excluded_seller', ...who],
    sellers.flatMap(({ vendor_id, vendor_name, currency_code, is_goods_only, is_excluded_seller, quarters, shown }) => {
      const address = (shown?.address ?? {}) as Record<string, Cell>
      const cells: Cell[] = isClear
        ? [
            ...identityColumns.map((name) => (shown?.[name] ?? null) as Cell),
            ...addressColumns.map((name) => address[name] ?? null),
            ...countryColumns.map((name) => ((shown?.[name] ?? []) as string[]).join(' ')),
          ]
        : []
      return quarters.map((one) => {
        const major = (minor: bigint) => toMajor(minor, currency_code)
        const figures = [one.quarter, major(one.consideration_minor), one.activities, major(one.fees_minor), major(one.taxes_minor)]
        return [year, vendor_id, vendor_name, currency_code, ...figures, is_goods_only, is_excluded_seller, ...cells]
      })
    }),
  )
}

function form1099kRows(year: number, payees: readonly Form1099kPayee[]): string {
  return csvOf(
    ['year', 'vendor_id', 'vendor_name', 'currency_code', 'gross', 'transactions', ...months, 'is_over_threshold'],
    payees.map((payee) => {
      const { currency_code } = payee
      const perMonth = payee.months.map((month) => toMajor(month.gross_minor, currency_code))
      const gross = toMajor(payee.gross_minor, currency_code)
      return [year, payee.vendor_id, payee.vendor_name, currency_code, gross, payee.transactions, ...perMonth, payee.is_over_threshold]
    }),
  )
}

async function answerReminders(context: Context): Promise<object> {
  const { next_at } = await sellerReminders(context)
  return { seller_reminders: { is_enabled: next_at !== null, next_at } }
}

/** Who was shown in clear what sellers state of themselves. */
async function recordClear({ context, actor }: Pick<AnyRequest, 'context' | 'actor'>, found: readonly Dac7Seller[]): Promise<void> {
  const ids = [...new Set(found.filter(({ identity }) => identity !== null).map((seller) => seller.vendor_id))]
  const by = { actorType: actor?.type ?? 'guest', actorId: actor?.id ?? null }
  const request = { ...by, action: 'GET /admin/reports/dac7?identities=clear', requestId: context.requestId }
  await context.db.unitOfWork(context.scope, (unit) => recordReading(unit, request, ids))
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/reports/dac7',
    summary: "A year's figures of sellers for DAC7, per vendor and quarter; as CSV with ?format=csv or Accept: text/csv",
    access: 'ledger:read',
    query: dac7Query,
    async handle(request) {
      const { year } = request.query
      const isClear = request.query.identities === 'clear'
      if (isClear) needWholeStore(request, 'payouts:write')
      // Where a person lives is for those who may see whom the store pays: the figures alone are for whoever reads the books.
      const mayKnow = isClear || (permits(request.ability, 'payouts:read') && reachOf(request.ability, 'payouts:read').all)
      const found = await dac7Report(request.context, year)
      // Before anything is answered: what cannot be recorded is not shown.
      if (isClear) await recordClear(request, found)
      const { identitySealer } = request.services
      const sellers = found.map((seller) => ({ ...seller, shown: mayKnow ? identityOf(seller, identitySealer, isClear) : null }))
      if (wantsCsv(request)) return fileOf(`dac7-${year}`, dac7Rows(year, sellers, isClear))
      return {
        year,
        sellers: sellers.map(({ quarters, shown, identity: _identity, payee_reference: _reference, ...seller }) => ({
          ...seller,
          identity: shown,
          quarters: quarters.map(({ quarter, activities, ...figures }) => ({
            quarter,
            consideration: toMajor(figures.consideration_minor, seller.currency_code),
            activities,
            fees: toMajor(figures.fees_minor, seller.currency_code),
            taxes: toMajor(figures.taxes_minor, seller.currency_code),
          })),
        })),
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/reports/dac7/reminders',
    summary: 'Whether sellers that have not said who they are are reminded of it, and when they are looked for next',
    access: 'payouts:read',
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answerReminders(request.context)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/reports/dac7/reminders',
    summary: 'Have such sellers asked, reminded twice, and after 60 days withheld what they are owed until they have; or no more',
    access: 'payouts:write',
    body: z.strictObject({ is_enabled: z.boolean() }),
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      await write(request, (unit) => remindSellersNightly(unit, request.context, request.body.is_enabled))
      return answerReminders(request.context)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/reports/1099k',
    summary: "A year's figures for Forms 1099-K, per vendor and month; as CSV with ?format=csv or Accept: text/csv",
    access: 'ledger:read',
    query,
    async handle(request) {
      const { year } = request.query
      const payees = await form1099kReport(request.context, year)
      if (wantsCsv(request)) return fileOf(`1099k-${year}`, form1099kRows(year, payees))
      return {
        year,
        payees: payees.map(({ gross_minor, months: perMonth, ...payee }) => ({
          ...payee,
          gross: toMajor(gross_minor, payee.currency_code),
          months: perMonth.map(({ month, gross_minor: gross, transactions }) => ({
            month,
            gross: toMajor(gross, payee.currency_code),
            transactions,
          })),
        })),
      }
    },
  }),
]
