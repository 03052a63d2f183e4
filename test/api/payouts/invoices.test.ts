import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { statement } from '../../../src/db/index.js'
import { issueInvoices } from '../../../src/payouts/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { jobContext, monthsAgo, moveToMonth, sell, type Sold } from '../../support/payouts.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('commission invoices', () => {
  const app = useApp()
  let store: TestStore
  const month = monthsAgo(2)

  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  /** An order of both vendors in a month. */
  async function sellIn(period: string): Promise<Sold> {
    const sold = await sell(store, { providerId: 'pp_system_default' })
    for (const { id } of sold.parts) await moveToMonth(app(), store, id, period)
    return sold
  }
  const issue = (period = month) => store.admin.post('/admin/invoices', { period })
  const invoices = async () => good(await store.admin.get('/admin/invoices', { order: 'id' })).invoices
  const year = new Date().getUTCFullYear()

  it('charge each vendor for what it sold in a month, once, and credit what was given back', async () => {
    await sellIn(month)
    const refunded = await sellIn(month)
    await sellIn(monthsAgo(1))
    const first = good(await issue())
    assert.equal(first.count, 2)
    assert.equal(good(await issue()).count, 0)
    const own = good(await store.vendor(0).get('/vendor/invoices')).invoices
    assert.equal(own.length, 1, 'a vendor sees its own')
    assert.deepEqual([own[0].label, own[0].total, own[0].period], [`COM-${year}-000001`, 2, month])
    assert.deepEqual(
      own[0].lines.map((line: { base: number; commission: number }) => [line.base, line.commission]),
      [
        [15, 1],
        [15, 1],
      ],
    )
    good(await store.admin.post(`/admin/payments/${refunded.paymentId}/refund`, {}))
    await asAdmin(app().adminUrl, 'update app.refund set settled_at = $2 where tenant_id = $1', [
      store.tenantId,
      `${monthsAgo(1)}-20T00:00:00Z`,
    ])
    good(await issue(monthsAgo(1)))
    const notes = (await invoices()).filter((one: { kind: string }) => one.kind === 'credit_note')
    assert.deepEqual(
      notes.map((one: { label: string; total: number }) => [one.label, one.total]),
      [
        [`CRN-${year}-000001`, 1],
        [`CRN-${year}-000002`, 2],
      ],
    )
  })

  it('are files that nobody changes: the hash is of what is handed out', async () => {
    await sellIn(month)
    good(await issue())
    const [invoice] = good(await store.vendor(0).get('/vendor/invoices')).invoices
    const response = await fetch(`${app().url}/vendor/invoices/${invoice.id}/pdf`, {
      headers: { authorization: `Bearer ${store.vendors[0]?.apiKey}` },
    })
    assert.equal(response.headers.get('content-type'), 'application/pdf')
    const file = Buffer.from(await response.arrayBuffer())
    assert.equal(file.subarray(0, 5).toString(), '%PDF-')
    assert.equal(createHash('sha256').update(file).digest('hex'), invoice.sha256)
    for (const text of [`update invoice set total_minor = 1 where id = $1`, 'delete from invoice where id = $1']) {
      const change = app().db.unitOfWork(store.scope, (unit) => unit.run(statement('', text, [invoice.id])))
      await assert.rejects(change, { code: '42501' })
    }
    await asAdmin(app().adminUrl, `update app.invoice set pdf = pdf || '\\x00'::bytea where id = $1`, [invoice.id])
    assert.equal(
      (await store.admin.get(`/admin/invoices/${invoice.id}/pdf`)).status,
      500,
      'a file that was tampered with is not handed out',
    )
  })

  it('are numbered without a gap, whoever makes them at once and whatever fails', async () => {
    for (const period of [monthsAgo(3), month]) await sellIn(period)
    const failing = {
      ...jobContext(app(), store),
      db: {
        ...app().db,
        unitOfWork: <T>(scope: typeof store.scope, fn: Parameters<ReturnType<typeof app>['db']['unitOfWork']>[1]) =>
          app().db.unitOfWork(scope, async (unit) => {
            await fn(unit)
            throw new Error('the process ends before it commits')
          }) as Promise<T>,
      },
    }
    await assert.rejects(issueInvoices(failing as never, month), /the process ends/)
    const both = [monthsAgo(3), month].flatMap((period) => [period, period])
    await Promise.all(both.map((period) => issueInvoices(jobContext(app(), store), period)))
    const made = (await invoices()) as { number: number; vendor_id: string; period: string }[]
    assert.deepEqual(
      made.map((one) => one.number).sort((a, b) => a - b),
      [1, 2, 3, 4],
    )
    assert.equal(new Set(made.map((one) => `${one.vendor_id} ${one.period}`)).size, 4)
  })

  it('are taken back whole by a credit note, once', async () => {
    await sellIn(month)
    good(await issue())
    const [first] = await invoices()
    const { invoice: note } = good(await store.admin.post(`/admin/invoices/${first.id}/credit`))
    assert.deepEqual([note.kind, note.total, note.corrects_invoice_id], ['credit_note', first.total, first.id])
    assert.equal((await store.admin.post(`/admin/invoices/${first.id}/credit`)).status, 400)
    assert.equal((await store.admin.post(`/admin/invoices/${note.id}/credit`)).status, 400)
    await sellIn(monthsAgo(1))
    good(await issue(monthsAgo(1)))
    const numbers = (await invoices())
      .filter((one: { kind: string }) => one.kind === 'invoice')
      .map((one: { number: number }) => one.number)
    assert.deepEqual(numbers, [1, 2, 3, 4], 'a refusal takes no number')
  })

  it('say the tax that is in the commission, for each vendor as its treatment has it, and the books owe it', async () => {
    const tax = (body: object) => store.admin.post('/admin/commission-tax', body)
    const treat = (vendor: number, treatment: string) =>
      store.admin.post(`/admin/vendors/${store.vendors[vendor]?.id}/commission-tax`, { treatment })
    const nameless = await tax({ rate: 19 })
    assert.equal(nameless.status, 400)
    assert.match(nameless.body.message, /legal_name, legal_address, vat_number/)
    const issuer = { legal_name: 'Bazaar GmbH', legal_address: 'Hof 1, 10115 Berlin', vat_number: 'DE123456789' }
    for (const [vat_number, words] of [
      ['DE 12 345', /DE12345 is none of DE, whose numbers have 9 digits after DE/],
      ['GR123456789', /those of Greece begin with EL/],
    ] as const) {
      const refused = await tax({ rate: 19, ...issuer, vat_number })
      assert.equal(refused.status, 400)
      assert.match(refused.body.message, words)
    }
    const { commission_tax: set } = good(await tax({ rate: 19, ...issuer, vat_number: 'de 123.456-789' }))
    assert.deepEqual([set.rate, set.vat_number], [19, 'DE123456789'])
    assert.match((await treat(1, 'reverse_charge')).body.message, /VAT number of its recipient/)
    const address = { address_1: 'Rue 1', city: 'Paris', postal_code: '75001', country_code: 'fr' }
    const state = (vat_number: string | null) =>
      store.admin.post(`/admin/vendors/${store.vendors[1]?.id}/seller-identity`, {
        kind: 'company',
        legal_name: 'Atelier SARL',
        vat_number,
        address,
      })
    for (const [vat_number, words] of [
      ['CHE-123.456.789', /CHE123456789 is none of the EU/],
      ['DE987654321', /DE987654321 is of the same as DE123456789/],
    ] as const) {
      good(await state(vat_number))
      const refused = await treat(1, 'reverse_charge')
      assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'])
      assert.match(refused.body.message, words)
    }
    assert.match((await state('12345678901')).body.message, /letters of the country that issued it, such as FR/)
    good(await state('fr 12 345678901'))
    const { vendors } = good(await treat(1, 'reverse_charge')).commission_tax
    assert.deepEqual(vendors, [{ vendor_id: store.vendors[1]?.id, treatment: 'reverse_charge' }])
    assert.match((await state(null)).body.message, /state vat_number/, 'invoices name it')
    assert.match((await state('DE987654321')).body.message, /of the same as DE123456789/)
    // Of a thousand others, which come before it and go again.
    await asAdmin(
      app().adminUrl,
      `with others as (
         insert into app.vendor (tenant_id, id, handle, name, status, commission_tax_treatment)
         select $1, 'a_' || n, 'a-' || n, 'A', 'active', 'reverse_charge' from generate_series(1, 1000) n returning id
       )
       insert into app.seller_identity (tenant_id, vendor_id, kind, legal_name, address, vat_number, stated_by, stated_at)
       select $1, id, 'company', 'A', '{}', 'BE0123456789', 'test', now() from others`,
      [store.tenantId],
    )
    assert.match((await tax({ vat_number: 'FR98765432109' })).body.message, /FR12345678901 is of the same as FR98765432109/)
    await asAdmin(app().adminUrl, `delete from app.seller_identity where tenant_id = $1 and vendor_id ~ '^a_'`, [store.tenantId])
    await asAdmin(app().adminUrl, `delete from app.vendor where tenant_id = $1 and id ~ '^a_'`, [store.tenantId])
    const sold = await sellIn(month)
    good(await issue())
    const owed = async () => {
      const { balances } = good(await store.admin.get('/admin/ledger/balances'))
      const of = (code: string) => balances.find((one: { code: string }) => one.code === code)?.balance ?? 0
      return [of('L:commission_tax'), of('R:commission')]
    }
    const taxes = async (kind: string) =>
      (await invoices())
        .filter((one: { kind: string }) => one.kind === kind)
        .map((one: { total: number; tax: number; lines: { tax: number; tax_rate: number; tax_treatment: string }[] }) => [
          one.total,
          one.tax,
          one.lines[0]?.tax,
          one.lines[0]?.tax_treatment,
        ])
    // 19 % in 1.00 are 0.16, to the minor unit.
    assert.deepEqual(await taxes('invoice'), [
      [1, 0.16, 0.16, 'standard'],
      [2, 0, 0, 'reverse_charge'],
    ])
    assert.deepEqual(await owed(), [0.16, 2.84])
    const [first] = await invoices()
    const csv = (await store.vendor(0).get(`/vendor/invoices/${first.id}/csv`)).body as string
    assert.match(csv, /commission_without_tax,tax_treatment,tax_rate,tax\r\n.*,1,0\.84,standard,19,0\.16\r\n/)
    // What is given back is taxed as it was, whatever holds since.
    good(await tax({ rate: 7 }))
    good(await treat(1, 'exempt'))
    good(await store.admin.post(`/admin/payments/${sold.paymentId}/refund`, {}))
    await asAdmin(app().adminUrl, 'update app.refund set settled_at = $2 where tenant_id = $1', [
      store.tenantId,
      `${monthsAgo(1)}-20T00:00:00Z`,
    ])
    good(await issue(monthsAgo(1)))
    assert.deepEqual(await taxes('credit_note'), [
      [1, 0.16, 0.16, 'standard'],
      [2, 0, 0, 'reverse_charge'],
    ])
    assert.deepEqual(await owed(), [0, 0])
  })

  it('credit no more than they said, however many notes share it: tax and all', async () => {
    const issuer = { legal_name: 'Bazaar GmbH', legal_address: 'Hof 1, 10115 Berlin', vat_number: 'DE123456789' }
    good(await store.admin.post('/admin/commission-tax', { rate: 19, ...issuer }))
    const sales = [await sellIn(monthsAgo(5)), await sellIn(monthsAgo(5))] as const
    good(await issue(monthsAgo(5)))
    const giveBack = async ({ paymentId }: Sold, amount: number, period: string) => {
      good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount }))
      await asAdmin(
        app().adminUrl,
        `update app.refund set settled_at = $2 where tenant_id = $1 and settled_at > now() - interval '1 hour'`,
        [store.tenantId, `${period}-20T00:00:00Z`],
      )
      good(await issue(period))
    }
    const { payments } = good(await store.admin.get('/admin/payments', { id: sales[0].paymentId }))
    const third = Math.floor((payments[0].amount * 100) / 3) / 100
    await giveBack(sales[0], third, monthsAgo(4))
    await giveBack(sales[0], third, monthsAgo(3))
    // Of the second order nothing was credited: what is left of both goes with the invoices.
    const ofKind = async (kind: string) => (await invoices()).filter((one: { kind: string }) => one.kind === kind)
    for (const { id } of await ofKind('invoice')) good(await store.admin.post(`/admin/invoices/${id}/credit`))
    await giveBack(sales[0], payments[0].amount - 2 * third, monthsAgo(2))
    await giveBack(sales[1], payments[0].amount, monthsAgo(1))
    const sums = async (kind: string) => {
      const documents = (await ofKind(kind)) as { vendor_id: string; total: number; tax: number }[]
      return store.vendors.map(({ id }) => {
        const own = documents.filter((one) => one.vendor_id === id)
        const sum = (of: 'total' | 'tax') => own.reduce((all, one) => all + Math.round(one[of] * 100), 0)
        return [sum('total'), sum('tax')]
      })
    }
    assert.deepEqual(await sums('credit_note'), await sums('invoice'))
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    assert.deepEqual(
      balances.filter((one: { code: string; balance: number }) => /commission/.test(one.code) && one.balance !== 0),
      [],
    )
  })

  it('are not made for a month that is not over', async () => {
    const early = await issue(monthsAgo(0))
    assert.equal(early.status, 400)
    assert.match(early.body.message, /is not over yet/)
    assert.equal((await issue('2026-13')).status, 400)
  })
})
