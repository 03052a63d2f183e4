import { z } from 'zod'
import { Reply, type RequestContext, type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import { csvOf, type Dac7Seller, dac7Report, type Form1099kPayee, form1099kReport } from '../../reports/index.js'

const query = z.strictObject({
  year: z.coerce.number().int().min(2000).max(2200),
  format: z.enum(['json', 'csv']).optional(),
})

const wantsCsv = ({ query: { format }, sent }: RequestContext<z.output<typeof query>, unknown>): boolean =>
  format === undefined ? /^\s*text\/csv\b/i.test(sent.accept) : format === 'csv'

function fileOf(name: string, content: string): Reply {
  const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` }
  return new Reply(content, { headers })
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']

function dac7Rows(year: number, sellers: readonly Dac7Seller[]): string {
  const columns = ['year', 'vendor_id', 'vendor_name', 'currency_code', 'quarter', 'consideration', 'activities', 'fees', 'taxes']
  return csvOf(
    [...columns, 'is_goods_only', 'is_excluded_seller'],
    sellers.flatMap(({ vendor_id, vendor_name, currency_code, is_goods_only, is_excluded_seller, quarters }) =>
      quarters.map((one) => {
        const major = (minor: bigint) => toMajor(minor, currency_code)
        const figures = [one.quarter, major(one.consideration_minor), one.activities, major(one.fees_minor), major(one.taxes_minor)]
        return [year, vendor_id, vendor_name, currency_code, ...figures, is_goods_only, is_excluded_seller]
      }),
    ),
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

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/reports/dac7',
    summary: "A year's figures of sellers for DAC7, per vendor and quarter; as CSV with ?format=csv or Accept: text/csv",
    access: 'ledger:read',
    query,
    async handle(request) {
      const { year } = request.query
      const sellers = await dac7Report(request.context, year)
      if (wantsCsv(request)) return fileOf(`dac7-${year}`, dac7Rows(year, sellers))
      return {
        year,
        sellers: sellers.map(({ quarters, ...seller }) => ({
          ...seller,
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
