import assert from 'node:assert/strict'
import { remindSellers } from '../../../src/reports/index.js'
import { isIban, missingOf } from '../../../src/reports/seller-identity.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { jobContext } from '../../support/payouts.js'
import { readyCart } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const company = {
  kind: 'company',
  legal_name: 'Honig GmbH',
  address: { address_1: 'Hauptstr. 1', city: 'Köln', postal_code: '50667', country_code: 'de' },
  tax_number: '123/4567/8901',
  tax_number_country: 'de',
  vat_number: 'DE123456789',
  registration_number: 'HRB 12345',
  residence_countries: ['de'],
  establishment_countries: ['fr'],
  account_identifier: 'DE89 3704 0044 0532 0130 00',
  account_identifier_type: 'IBAN',
  account_holder: 'Honig GmbH',
}
const person = {
  kind: 'individual',
  first_name: 'Ada',
  last_name: 'Byron',
  address: { address_1: 'Rue 1', city: 'Paris', postal_code: '75001', country_code: 'fr' },
  tax_number: '1234567890123',
  tax_number_country: 'fr',
  birth_date: '1990-12-10',
  residence_countries: ['fr'],
}

describe('who a seller is to tax offices', () => {
  const app = useApp()
  let store: TestStore
  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2, currency: 'eur' })
  })
  const state = (body: object, vendor = 0) => store.vendor(vendor).post('/vendor/seller-identity', body)
  const read = async (vendor = 0) => good(await store.vendor(vendor).get('/vendor/seller-identity')).seller_identity

  it('is stated by the seller; what identifies it elsewhere is sealed and never answered', async () => {
    assert.equal((await store.vendor(0).get('/vendor/seller-identity')).status, 404)
    const { seller_identity: stated } = good(await state(company))
    assert.deepEqual(stated.missing, [])
    assert.deepEqual([stated.tax_number_last_4, stated.account_identifier_last_4], ['8901', '3000'])
    assert.equal(stated.legal_name, 'Honig GmbH')
    const [row] = await asAdmin<{ text: string }>(
      app().adminUrl,
      'select i::text as text from app.seller_identity i where tenant_id = $1',
      [store.tenantId],
    )
    const shown = JSON.stringify([await read(), good(await store.admin.get(`/admin/vendors/${store.vendors[0]?.id}/seller-identity`)), row])
    assert.doesNotMatch(shown, /12345678901|123\/4567|370400440532|DE8937/)
  })

  it('keeps what is only written when it is left out, and takes it away when it is null', async () => {
    good(await state({ ...person, account_identifier: 'FR7630006000011234567890189', account_identifier_type: 'IBAN' }))
    const { tax_number: _id, birth_date: _date, tax_number_country: _country, ...rest } = person
    good(await state({ ...rest, last_name: 'Lovelace' }))
    const kept = await read()
    assert.deepEqual(
      [kept.last_name, kept.tax_number_last_4, kept.tax_number_country, kept.has_birth_date, kept.account_identifier_last_4, kept.missing],
      ['Lovelace', '0123', 'fr', true, '0189', []],
    )
    good(await state({ ...rest, tax_number: null, birth_date: null, account_identifier: null }))
    const gone = await read()
    assert.deepEqual([gone.tax_number_last_4, gone.has_birth_date, gone.account_identifier_last_4], [null, false, null])
    assert.deepEqual(gone.missing, ['tax_number', 'birth_date', 'account_identifier'])
  })

  it('keeps nothing that was sealed of a person for the company that it becomes', async () => {
    good(await state({ ...person, account_identifier: 'FR7630006000011234567890189', account_identifier_type: 'IBAN' }))
    const {
      tax_number: _number,
      tax_number_country: _country,
      account_identifier: _account,
      account_identifier_type: _type,
      ...rest
    } = company
    good(await state(rest))
    const now = await read()
    assert.deepEqual(
      [now.kind, now.tax_number_last_4, now.tax_number_country, now.has_birth_date, now.account_identifier_last_4],
      ['company', null, null, false, null],
    )
    assert.deepEqual(now.missing, ['tax_number', 'account_identifier'])
  })

  it('is refused where it contradicts itself, with what to do', async () => {
    for (const [body, message] of [
      [{ ...company, legal_name: undefined }, /legal_name/],
      [{ ...person, last_name: '' }, /last_name/],
      [{ ...company, tax_number_country: undefined }, /tax_number_country/],
      [{ ...company, account_identifier: 'DE88 3704 0044 0532 0130 00' }, /no IBAN/],
      [{ ...person, birth_date: '2990-01-01' }, /birth_date/],
      [{ ...person, birth_date: '10.12.1990' }, /birth_date/],
      [{ ...person, birth_date: '0001-01-01' }, /birth_date/],
      [{ ...company, tax_number_country: 'zz' }, /Country with code: zz is not known/],
      [{ ...company, residence_countries: ['zz'] }, /Country with code: zz is not known/],
    ] as const) {
      const refused = await state(body)
      assert.equal(refused.status, 400, JSON.stringify(body))
      assert.match(JSON.stringify(refused.body), message)
    }
    assert.equal((await store.vendor(0).get('/vendor/seller-identity')).status, 404, 'nothing of it was kept')
  })

  it('is nobody else’s to see or to state', async () => {
    good(await state(company))
    assert.equal((await store.vendor(1).get('/vendor/seller-identity')).status, 404)
    const nobody = '/admin/vendors/vend_nobody/seller-identity'
    for (const { status, body } of [await store.admin.get(nobody), await store.admin.post(nobody, company)]) {
      assert.deepEqual([status, body.message], [404, 'Vendor with id: vend_nobody was not found'])
    }
    const other = await createTestStore(app())
    assert.equal((await other.admin.get(`/admin/vendors/${store.vendors[0]?.id}/seller-identity`)).status, 404)
    assert.equal((await other.admin.post(`/admin/vendors/${store.vendors[0]?.id}/seller-identity`, company)).status, 404)
    good(await store.admin.post(`/admin/vendors/${store.vendors[1]?.id}/seller-identity`, person))
    assert.deepEqual([(await read()).kind, (await read(1)).kind], ['company', 'individual'])
  })

  it('is in the report: its end for whoever reads the books, all of it for whoever releases money too', async () => {
    good(await state(company))
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    good(await store.shopper.post(`/store/carts/${await readyCart(store, { items: [{ variant_id, quantity: 1 }] })}/complete`))
    const year = new Date().getUTCFullYear()
    const { sellers } = good(await store.admin.get('/admin/reports/dac7', { year }))
    assert.deepEqual([sellers[0].identity.tax_number_last_4, sellers[0].identity.missing], ['8901', []])
    assert.equal(sellers[0].identity.tax_number, undefined)
    const clear = good(await store.admin.get('/admin/reports/dac7', { year, identities: 'clear' })).sellers[0].identity
    assert.deepEqual(
      [clear.name, clear.tax_number, clear.tax_number_country, clear.account_identifier, clear.address.city, clear.registration_number],
      ['Honig GmbH', '123/4567/8901', 'de', 'DE89370400440532013000', 'Köln', 'HRB 12345'],
    )
    const file = await store.admin.get('/admin/reports/dac7', { year, identities: 'clear', format: 'csv' })
    const [head, line] = file.body.split('\r\n')
    const columns = head.split(',')
    const cells = line.split(',')
    const cell = (name: string) => cells[columns.indexOf(name)]
    assert.deepEqual(
      ['kind', 'name', 'tax_number', 'account_identifier', 'country_code', 'residence_countries', 'establishment_countries'].map(cell),
      ['company', 'Honig GmbH', '123/4567/8901', 'DE89370400440532013000', 'de', 'de', 'fr'],
    )
    const seen = await asAdmin<{ action: string; actor_id: string | null; after: object }>(
      app().adminUrl,
      `select action, actor_id, after from app.audit_record where tenant_id = $1 and action like '%identities=clear' order by id`,
      [store.tenantId],
    )
    const read = { read: [store.vendors[0]?.id], count: 1 }
    assert.deepEqual(
      seen.map(({ after }) => after),
      [read, read],
      'each time that it was shown in clear, who saw whom',
    )
    assert.ok(seen.every(({ actor_id }) => actor_id !== null))
    // A key that reads the books, and releases nothing.
    const made = good(await store.admin.post('/admin/api-keys', { type: 'secret', title: 'Books' })).api_key
    await asAdmin(app().adminUrl, `update app.api_key set permissions = '{ledger:read}' where tenant_id = $1 and id = $2`, [
      store.tenantId,
      made.id,
    ])
    const books = client(app(), { secretKey: made.token })
    const figures = good(await books.get('/admin/reports/dac7', { year })).sellers[0]
    assert.deepEqual([figures.vendor_id, figures.identity], [store.vendors[0]?.id, null])
    assert.doesNotMatch(JSON.stringify(figures), /Hauptstr|HRB|DE123/)
    assert.equal((await books.get('/admin/reports/dac7', { year, identities: 'clear' })).status, 403)
  })

  it('has the provider’s name for the account where the seller states none', async () => {
    const { account_identifier: _account, account_identifier_type: _type, ...without } = company
    good(await state(without))
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    good(await store.shopper.post(`/store/carts/${await readyCart(store, { items: [{ variant_id, quantity: 1 }] })}/complete`))
    await asAdmin(
      app().adminUrl,
      `with account as (insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash)
         values ($1, 'pacct_dac7', 'pp_stripe_stripe', 'test', 'acct_x', 'de', '{}', 'dac7') returning id)
       insert into app.payee (tenant_id, id, vendor_id, payment_account_id, provider_id, reference, kind, status, country, currency_code)
       select $1, 'payee_dac7', $2, id, 'pp_stripe_stripe', 'acct_seller', 'company', 'active', 'de', 'eur' from account`,
      [store.tenantId, store.vendors[0]?.id],
    )
    const year = new Date().getUTCFullYear()
    const [seller] = good(await store.admin.get('/admin/reports/dac7', { year, identities: 'clear' })).sellers
    assert.deepEqual([seller.identity.account_identifier, seller.identity.account_identifier_type], ['acct_seller', 'other'])
  })

  it('is asked for, reminded of twice, and what the seller is owed is withheld after 60 days until it is stated', async () => {
    const sellers = '/admin/reports/dac7/reminders'
    assert.equal(good(await store.admin.get(sellers)).seller_reminders.is_enabled, false)
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    const buy = async (quantity: number) =>
      good(await store.shopper.post(`/store/carts/${await readyCart(store, { items: [{ variant_id, quantity }] })}/complete`))
    await buy(1)
    good(await store.admin.post(sellers, { is_enabled: true }))
    const dueAt = async () => good(await store.admin.get(sellers)).seller_reminders.next_at as string
    const start = Date.now()
    /** What its night does, so many days from now; and what came of it. */
    const night = async (day: number) => {
      await remindSellers(jobContext(app(), store, new Date(start + day * 86_400_000)), { due_at: await dueAt() })
      await app().drain()
      const mails = await asAdmin(
        app().adminUrl,
        `select id from app.notification where tenant_id = $1 and template = 'seller-reminder' and state = 'sent'`,
        [store.tenantId],
      )
      const { holds } = good(await store.admin.get('/admin/holds', { vendor_id: store.vendors[0]?.id as string, is_lifted: false }))
      return [mails.length, holds.length]
    }
    assert.deepEqual(await night(0), [0, 0], 'who sells that little is not asked')
    await asAdmin(app().adminUrl, 'update app.inventory_level set stocked_quantity = 1000 where tenant_id = $1', [store.tenantId])
    await buy(300)
    const course = []
    for (const day of [1, 2, 28, 29, 30, 57, 58, 60, 61, 62]) course.push([day, ...(await night(day))])
    assert.deepEqual(course, [
      [1, 1, 0],
      [2, 1, 0],
      [28, 1, 0],
      [29, 2, 0],
      [30, 2, 0],
      [57, 3, 0],
      [58, 3, 0],
      [60, 3, 0],
      [61, 4, 1],
      [62, 4, 1],
    ])
    const first = app().mails.find(({ subject }) => /must know who sells there/.test(subject))
    assert.match(first?.text ?? '', /has not stated: who it is/)
    const held = async () => {
      const { holds } = good(await store.admin.get('/admin/holds', { vendor_id: store.vendors[0]?.id as string }))
      return holds.map((hold: { lifted_at: string | null }) => hold.lifted_at === null)
    }
    const looks = async () => {
      const [row] = await asAdmin<{ count: number }>(
        app().adminUrl,
        `select count(*)::int as count from app.outbox_event where tenant_id = $1 and name = 'vendor.payable_changed'`,
        [store.tenantId],
      )
      return row?.count as number
    }
    const before = await looks()
    const { registration_number: _number, ...most } = company
    good(await state(most))
    assert.deepEqual([await held(), await looks()], [[true], before], 'something is missing still')
    const late = remindSellers(jobContext(app(), store, new Date(start + 63 * 86_400_000)), { due_at: await dueAt() })
    for (const { status } of await Promise.all([state(company), state(company), state(company)])) assert.equal(status, 200)
    assert.deepEqual([await held(), await looks()], [[false], before + 1], 'it is let go at once, and once, when nothing is')
    await late
    good(await state(company))
    assert.deepEqual([await held(), await looks()], [[false], before + 1])
    good(await store.admin.post(sellers, { is_enabled: false }))
    assert.equal(await dueAt(), null)
  })

  it('knows an IBAN by its own check, and what the directive asks of whom', () => {
    for (const good_ of ['DE89370400440532013000', 'GB82WEST12345698765432', 'NL91ABNA0417164300', 'NO9386011117947'])
      assert.ok(isIban(good_))
    for (const bad of ['DE89370400440532013001', 'GB82WEST12345698765', 'nothing', '']) assert.ok(!isIban(bad), bad)
    const nobody = {
      legal_name: null,
      first_name: null,
      last_name: null,
      address: person.address,
      tax_number_sealed: null,
      tax_number_country: null,
      vat_number: null,
      registration_number: null,
      birth_date_sealed: null,
      birth_place: null,
      residence_countries: [],
      establishment_countries: [],
      account_identifier_sealed: null,
      account_identifier_type: null,
      account_holder: null,
    }
    assert.deepEqual(missingOf({ ...nobody, kind: 'company' }), [
      'legal_name',
      'tax_number',
      'registration_number',
      'residence_countries',
      'account_identifier',
    ])
    assert.deepEqual(missingOf({ ...nobody, kind: 'individual', birth_place: 'London' }), [
      'first_name',
      'last_name',
      'birth_date',
      'residence_countries',
      'account_identifier',
    ])
  })
})
