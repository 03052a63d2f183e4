import assert from 'node:assert/strict'
import { isExcluded } from '../../../src/reports/dac7.js'
import { isOverThreshold } from '../../../src/reports/form-1099k.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { readyCart } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('reports to tax offices', () => {
  const app = useApp()
  const year = 2025
  const sql = <Row extends object>(text: string, values: unknown[]) => asAdmin<Row>(app().adminUrl, text, values)
  /** 10.00 apiece and 5.00 for shipping, 20 % tax on top, 10 % commission on the goods: a sale of one is 18.00. */
  const open = (currency: string) => createTestStore(app(), { currency, tax_ppm: 200_000, price_minor: 1_000n, stock: 1_000 })

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  async function sell(store: TestStore, quantity: number): Promise<any> {
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    const cartId = await readyCart(store, { items: [{ variant_id, quantity }] })
    const completed = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    return completed.order
  }
  async function refund(store: TestStore, orderId: string): Promise<void> {
    const { payments } = good(await store.admin.get('/admin/payments', { order_id: orderId }))
    if (payments[0].captured_at === null) good(await store.admin.post(`/admin/payments/${payments[0].id}/capture`, {}))
    good(await store.admin.post(`/admin/payments/${payments[0].id}/refund`, {}))
  }
  /** What happened now, happened then: books and rows of the sale, or of what was given back of it. */
  async function dated(store: TestStore, orderId: string, day: string, what: 'sale' | 'refund'): Promise<void> {
    const at = `${day}T12:00:00Z`
    const values = [store.tenantId, orderId, at]
    await asAdmin(app().adminUrl, 'alter table app.ledger_transaction disable trigger ledger_transaction_append_only')
    if (what === 'sale') {
      await sql(`update app.ledger_transaction set occurred_at = $3 where tenant_id = $1 and source = $2`, values)
      await sql(
        `update app.vendor_order set created_at = $3, paid_at = case when paid_at is not null then $3::timestamptz end
                 where tenant_id = $1 and order_id = $2`,
        values,
      )
    } else {
      await sql(
        `update app.ledger_transaction set occurred_at = $3 where tenant_id = $1
           and source in (select id from app.refund where tenant_id = $1 and order_id = $2)`,
        values,
      )
      await sql(`update app.order_credit set created_at = $3 where tenant_id = $1 and order_id = $2`, values)
      await sql(`update app.refund set settled_at = $3 where tenant_id = $1 and order_id = $2`, values)
    }
    await asAdmin(app().adminUrl, 'alter table app.ledger_transaction enable trigger ledger_transaction_append_only')
  }
  const nothing = { consideration: 0, activities: 0, fees: 0, taxes: 0 }

  it('say of DAC7 what a vendor was credited in each quarter, and what was kept', async () => {
    const store = await open('eur')
    const first = await sell(store, 1)
    assert.equal(first.total, 18)
    const second = await sell(store, 2)
    const before = await sell(store, 7)
    await refund(store, first.id)
    await dated(store, first.id, '2025-02-03', 'sale')
    await dated(store, first.id, '2025-08-09', 'refund')
    await dated(store, second.id, '2025-06-30', 'sale')
    await dated(store, before.id, '2024-12-31', 'sale')
    const { sellers } = good(await store.admin.get('/admin/reports/dac7', { year }))
    assert.deepEqual(
      sellers.map(({ vendor_id, vendor_name: _name, ...seller }: Record<string, unknown>) => ({ ...seller, vendor_id })),
      [
        {
          vendor_id: store.vendors[0]?.id,
          currency_code: 'eur',
          is_goods_only: true,
          is_excluded_seller: true,
          identity: null,
          quarters: [
            { quarter: 1, consideration: 14, activities: 1, fees: 1, taxes: 3 },
            { quarter: 2, consideration: 23, activities: 1, fees: 2, taxes: 5 },
            { quarter: 3, consideration: -14, activities: 0, fees: -1, taxes: -3 },
            { quarter: 4, ...nothing },
          ],
        },
      ],
    )
    await sql(`update app.order_line_item set requires_shipping = false where tenant_id = $1 and order_id = $2`, [
      store.tenantId,
      second.id,
    ])
    await sql(`update app.vendor set name = '=HYPERLINK("x"), Ltd' where tenant_id = $1`, [store.tenantId])
    const file = await store.admin.get('/admin/reports/dac7', { year }, { accept: 'text/csv' })
    assert.match(file.headers.get('content-type') ?? '', /^text\/csv/)
    assert.match(file.headers.get('content-disposition') ?? '', /dac7-2025\.csv/)
    const lines = file.body.split('\r\n')
    assert.equal(lines.length, 6)
    assert.match(lines[0], /^year,vendor_id,vendor_name,currency_code,quarter,consideration,activities,fees,taxes,/)
    assert.equal(lines[2], `2025,${store.vendors[0]?.id},"'=HYPERLINK(""x""), Ltd",eur,2,23,1,2,5,false,false`)
  })

  it('count for DAC7 what a refund took back when it was booked, also where it was asked for in the year before', async () => {
    const store = await open('eur')
    const order = await sell(store, 1)
    await refund(store, order.id)
    await dated(store, order.id, '2024-12-30', 'sale')
    await dated(store, order.id, '2025-01-01', 'refund')
    await sql(`update app.order_credit set created_at = '2024-12-31T23:59:00Z' where tenant_id = $1`, [store.tenantId])
    const quarters = async (of: number) => good(await store.admin.get('/admin/reports/dac7', { year: of })).sellers[0].quarters
    assert.deepEqual((await quarters(2024))[3], { quarter: 4, consideration: 14, activities: 1, fees: 1, taxes: 3 })
    assert.deepEqual((await quarters(2025))[0], { quarter: 1, consideration: -14, activities: 0, fees: -1, taxes: -3 })
  })

  it('say of 1099-K what was paid gross in each month, whatever was given back', async () => {
    const store = await open('usd')
    const first = await sell(store, 1)
    const second = await sell(store, 2)
    for (const order of [first, second]) {
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      if (payments[0].captured_at === null) good(await store.admin.post(`/admin/payments/${payments[0].id}/capture`, {}))
    }
    await refund(store, first.id)
    await dated(store, first.id, '2025-01-31', 'sale')
    await dated(store, second.id, '2025-03-01', 'sale')
    const { payees } = good(await store.admin.get('/admin/reports/1099k', { year }))
    assert.equal(payees.length, 1)
    const [payee] = payees
    assert.deepEqual([payee.gross, payee.transactions, payee.is_over_threshold], [40, 2, false])
    assert.deepEqual(
      payee.months.filter(({ transactions }: { transactions: number }) => transactions > 0),
      [
        { month: 1, gross: 15, transactions: 1 },
        { month: 3, gross: 25, transactions: 1 },
      ],
    )
    const file = await store.admin.get('/admin/reports/1099k', { year, format: 'csv' })
    assert.match(file.body, /,usd,40,2,15,0,25,0,0,0,0,0,0,0,0,0,false\r\n$/)
    assert.deepEqual(good(await store.admin.get('/admin/reports/1099k', { year: 2024 })).payees, [])
    assert.equal((await store.admin.get('/admin/reports/1099k')).status, 400)
    // Another store has sold nothing.
    const other = await open('usd')
    assert.deepEqual(good(await other.admin.get('/admin/reports/1099k', { year })).payees, [])
    assert.deepEqual(good(await other.admin.get('/admin/reports/dac7', { year })).sellers, [])
  })

  it('draw the lines where the law does', () => {
    assert.equal(isOverThreshold(2_000_001n, 201), true)
    assert.equal(isOverThreshold(2_000_000n, 201), false)
    assert.equal(isOverThreshold(2_000_001n, 200), false)
    const seller = (currency_code: string, activities: number, consideration_minor: bigint, is_goods_only = true) => ({
      currency_code,
      is_goods_only,
      quarters: [{ activities, consideration_minor }],
    })
    assert.equal(isExcluded([seller('eur', 29, 200_000n)]), true)
    assert.equal(isExcluded([seller('eur', 30, 200_000n)]), false)
    assert.equal(isExcluded([seller('eur', 29, 200_001n)]), false)
    assert.equal(isExcluded([seller('eur', 1, 1n, false)]), false)
    assert.equal(isExcluded([seller('usd', 1, 1n)]), null)
    assert.equal(isExcluded([seller('eur', 15, 1n), seller('usd', 15, 1n)]), false)
  })
})
