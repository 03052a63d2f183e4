import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { applyTenants, planTenants, TenantFilesError } from '../../src/platform/index.js'
import { defaultTheme } from '../../src/themes/index.js'
import { startTestApp, type TestApp } from '../support/app.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'

const store = `
slug: corner
name: Corner Shop
default_currency: usd
currencies: [usd, jpy]
plan: { name: Small, rate: 1.5, fixed: { usd: 0.3 } }
payment_instructions: { pp_system_default: { name: Transfer, text: { de: Hierhin, en: To this account } } }
regions:
  - { name: Home, currency: usd, countries: [us], payment_providers: [pp_system_default] }
  - { name: Japan, currency: jpy, countries: [jp], tax_inclusive: true }
taxes:
  - { country: us, rates: [{ name: None, code: none, rate: 0, default: true }] }
  - { country: us, province: ca, rates: [{ name: CA, code: ca, rate: 7.25, default: true }, { name: Food, code: food, rate: 0, product_types: [Food] }] }
categories:
  - { name: Kitchen, handle: kitchen, children: [{ name: Cups, handle: cups }] }
collections: [{ title: New, handle: new }]
return_reasons: [{ value: broken, label: It came broken }]
commission_rules:
  - { name: Everything, rate: 10 }
  - { name: Cups, rate: 5, fixed: 0.5, currency: usd, category: cups }
`
const vendor = `
handle: potter
name: The Potter
email: potter@corner.example
logo: cup.svg
location: { name: Workshop, address: { address_1: 1 Clay Lane, city: Kiln, postal_code: '12345', country_code: us } }
shipping:
  - { name: Parcel, type: standard, countries: [us], prices: { usd: 5 } }
returns:
  - { name: Way back, type: return, countries: [us], prices: { usd: 4 } }
products:
  - title: Cup
    handle: cup
    description: A cup.
    type: Cup
    tags: [clay, blue]
    categories: [cups]
    collection: new
    images: [cup.svg]
    options: [{ title: Size, values: [S, L] }]
    variants:
      - { sku: CUP-S, options: { Size: S }, prices: { usd: 12.5, jpy: 1800 }, compare_at: { usd: 15 }, stock: 7 }
      - { sku: CUP-L, options: { Size: L }, prices: { usd: 14 }, stock: 3 }
  - { title: Bowl, handle: bowl, variants: [{ sku: BOWL, prices: { usd: 20 }, stock: 1 }] }
`
const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'

describe('stores as files', () => {
  let app: TestApp
  let directory: string
  const at = (file: string) => path.join(directory, 'corner', file)
  const options = () => ({ db: app.db, directory, filesDirectory: app.stoa.services.filesDirectory })
  const write = (storeText: string, vendorText: string) => {
    fs.writeFileSync(at('store.yaml'), storeText)
    fs.writeFileSync(at('vendors/potter.yaml'), vendorText)
  }
  const differences = async () =>
    (await planTenants(options())).flatMap((plan) =>
      plan.differences.map(({ kind, key, what, fields }) => [kind, key, what, ...fields].join(' ')),
    )

  before(async function () {
    this.timeout(60_000)
    app = await startTestApp()
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-tenants-'))
    fs.mkdirSync(at('vendors'), { recursive: true })
    fs.mkdirSync(at('pictures'))
    fs.writeFileSync(at('pictures/cup.svg'), picture)
    write(store, vendor)
  })

  after(async () => {
    fs.rmSync(directory, { recursive: true, force: true })
    await app?.stop()
  })

  it('plans a new store without changing anything', async () => {
    const [plan] = await planTenants(options())
    assert.equal(plan?.isNew, true)
    assert.ok(plan.differences.every((difference) => difference.what === 'missing'))
    assert.deepEqual(await asAdmin(app.adminUrl, 'select slug from platform.tenant'), [])
  })

  it('applies once, and the second time changes nothing', async () => {
    const first = await applyTenants(options())
    assert.equal(first.created.length, 1)
    assert.ok(first.changes >= 14, `${first.changes} changes`)
    const second = await applyTenants(options())
    assert.deepEqual([second.changes, second.created.length], [0, 0])
    assert.deepEqual(await differences(), [])
  })

  it('shows the store to a shopper as the files describe it', async () => {
    const [key] = await asAdmin<{ token: string }>(app.adminUrl, `select token from app.api_key where type = 'publishable'`)
    const shopper = client(app, { publishableKey: key?.token as string })
    const { body } = await shopper.get('/store/products', {
      handle: 'cup',
      fields: '*variants.calculated_price,*categories,+variants.inventory_quantity',
    })
    const [cup] = body.products
    assert.equal(cup.vendor.handle, 'potter')
    assert.deepEqual(
      cup.categories.map((category: { handle: string }) => category.handle),
      ['cups'],
    )
    assert.deepEqual(
      cup.tags.map((tag: { value: string }) => tag.value),
      ['blue', 'clay'],
    )
    assert.deepEqual(
      cup.variants.map(
        (variant: {
          sku: string
          inventory_quantity: number
          calculated_price: { calculated_amount: number; original_amount: number }
        }) => [
          variant.sku,
          variant.inventory_quantity,
          variant.calculated_price.calculated_amount,
          variant.calculated_price.original_amount,
        ],
      ),
      [
        ['CUP-S', 7, 12.5, 15],
        ['CUP-L', 3, 14, 14],
      ],
    )
    const { return_reasons } = (await shopper.get('/store/return-reasons')).body
    assert.deepEqual(
      return_reasons.map((reason: { value: string; label: string }) => [reason.value, reason.label]),
      [['broken', 'It came broken']],
    )
    const { regions } = (await shopper.get('/store/regions')).body
    const region_id = regions.find((region: { name: string }) => region.name === 'Home').id
    const { payment_providers } = (await shopper.get('/store/payment-providers', { region_id, fields: '+instructions.text' })).body
    assert.deepEqual(payment_providers[0].instructions, { text: 'To this account' })
    const { cart } = (await shopper.post('/store/carts', { region_id, items: [{ variant_id: cup.variants[0].id, quantity: 1 }] })).body
    const ways = async (is_return: string) =>
      (await shopper.get('/store/shipping-options', { cart_id: cart.id, is_return })).body.shipping_options.map(
        (option: { name: string; amount: number }) => [option.name, option.amount],
      )
    assert.deepEqual([await ways('false'), await ways('true')], [[['Parcel', 5]], [['Way back', 4]]])
    const image = await fetch(cup.images[0].url)
    assert.equal(image.headers.get('content-type'), 'image/svg+xml')
    assert.equal(await image.text(), picture)
  })

  it('changes what the files change, keeps ids, and leaves stock alone', async () => {
    const ids = () => asAdmin(app.adminUrl, `select id, sku from app.product_variant where deleted_at is null order by sku`)
    const before = (await ids()).filter((row) => row.sku !== 'BOWL')
    await asAdmin(app.adminUrl, `update app.inventory_level set stocked_quantity = 2 where id = (select min(id) from app.inventory_level)`)
    write(
      store
        .replace('rate: 1.5', 'rate: 2')
        .replace('name: CA, code: ca, rate: 7.25', 'name: CA, code: ca, rate: 7.5')
        .replace('title: New', 'title: Brand new')
        .replace('It came broken', 'It broke on its way'),
      vendor
        .replace('usd: 12.5', 'usd: 13')
        .replace('prices: { usd: 5 }', 'prices: { usd: 6 }')
        .replace('prices: { usd: 4 }', 'prices: { usd: 3 }')
        .replace('name: Workshop', 'name: Shed')
        .replace(', jpy: 1800', ''),
    )
    assert.deepEqual(await differences(), [
      'tenant corner different fee',
      'tax region us-ca different rates',
      'collection new different title',
      'return reason broken different label',
      'vendor potter different location',
      'shipping option potter / Parcel different prices',
      'shipping option potter / Way back different prices',
      'product cup different variants',
    ])
    assert.equal((await applyTenants(options())).changes, 8)
    assert.deepEqual(await differences(), [])
    assert.deepEqual(
      (await ids()).filter((row) => row.sku !== 'BOWL'),
      before,
    )
    const [stock] = await asAdmin<{ stock: number }>(
      app.adminUrl,
      'select stocked_quantity as stock from app.inventory_level order by id limit 1',
    )
    assert.equal(stock?.stock, 2)
    const [fee] = await asAdmin<{ rate_ppm: number }>(app.adminUrl, 'select rate_ppm from app.store_fee')
    assert.equal(fee?.rate_ppm, 20_000)
  })

  it('shows as drift what was changed by hand, and what only the database has', async () => {
    await asAdmin(app.adminUrl, `update app.product set title = 'Changed by hand' where handle = 'bowl'`)
    await asAdmin(
      app.adminUrl,
      `insert into app.product_collection (tenant_id, id, title, handle) select id, 'pcol_x', 'Old', 'old' from platform.tenant`,
    )
    assert.deepEqual(await differences(), ['collection old extra', 'product bowl different title'])
    await applyTenants(options())
    assert.deepEqual(await differences(), ['collection old extra'])
  })

  it('tells the same through the stoa command, with exit codes for scripts', async function () {
    // Each call starts a process, which takes its time on a machine that is busy.
    this.timeout(90_000)
    const cli = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../src/cli.js')
    const run = (...args: string[]) => {
      const environment = {
        PATH: process.env.PATH,
        DATABASE_APP_URL: app.stoa.services.config.databaseAppUrl,
        STOA_HOME: path.dirname(app.stoa.services.filesDirectory),
      }
      const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { env: environment, encoding: 'utf8' })
      return { status, stdout, stderr }
    }
    assert.deepEqual(run('tenants', 'plan', directory), { status: 0, stdout: 'Nothing to change.\n', stderr: '' })
    const drift = run('tenants', 'drift', directory)
    assert.deepEqual([drift.status, drift.stdout], [2, 'corner\n  - collection old (not in the files)\n1 differences.\n'])
    assert.deepEqual(run('tenants', 'apply', directory), { status: 0, stdout: 'Nothing to change.\n', stderr: '' })
    const storeFile = at('store.yaml')
    const before = fs.readFileSync(storeFile, 'utf8')
    fs.writeFileSync(storeFile, before.replace('[pp_system_default]', '[pp_system_default, pp_stripe_stripe]'))
    assert.match(run('tenants', 'apply', directory).stdout, /^corner ~ region Home \(payment_providers: .*\)\n1 changes made\.\n$/)
    fs.writeFileSync(storeFile, before)
    assert.equal((await applyTenants(options())).changes, 1)
    assert.equal(run('tenants', 'destroy').status, 2)
    assert.match(run('tenants', 'plan', '/nowhere').stderr, /^stoa: .*no such folder/)
    assert.match(run('help').stdout, /stoa tenants plan/)
  })

  it('names every problem of the files with its line, and changes nothing', async () => {
    write(
      store.replace('rate: 10', 'rate: 110').replace('currencies: [usd, jpy]', 'currencies: [usd, xxx]'),
      vendor.replace('stock: 3', 'stock: -1').replace('categories: [cups]', 'categories: [mugs]'),
    )
    const error = await planTenants(options()).then(
      () => null,
      (cause: unknown) => cause,
    )
    assert.ok(error instanceof TenantFilesError)
    const problems = error.problems.map((problem) => problem.replace(directory, ''))
    assert.ok(
      problems.some((problem) => /store\.yaml:5: currencies\.1: is not an ISO 4217/.test(problem)),
      problems.join('\n'),
    )
    assert.ok(
      problems.some((problem) => /store\.yaml:19: commission_rules\.0\.rate: /.test(problem)),
      problems.join('\n'),
    )
    assert.ok(
      problems.some((problem) => /potter\.yaml:23: products\.0\.variants\.1\.stock: /.test(problem)),
      problems.join('\n'),
    )
    write(store, vendor.replace('categories: [cups]', 'categories: [mugs]').replace('images: [cup.svg]', 'images: [mug.svg]'))
    await assert.rejects(planTenants(options()), /product cup: no picture mug\.svg[\s\S]*product cup: no category mugs/)
  })

  it('gives the store its looks once, and names what is wrong with them by line', async () => {
    write(store, vendor)
    await applyTenants(options())
    const looks = (text: string) =>
      ['tagline: Cups', 'description: Cups and bowls', `colours: ${JSON.stringify(defaultTheme.colours)}`, text].join('\n')
    const rest = 'fonts: { headings: slab, text: system }\nhome: [{ kind: vendors, title: Who }]\nfooter: { text: Bye }'
    fs.writeFileSync(at('storefront.yaml'), looks(`logo: cup.svg\n${rest}`))
    assert.equal((await applyTenants(options())).changes, 1)
    assert.equal((await applyTenants(options())).changes, 0)
    const page = await new Promise<string>((resolve, reject) => {
      const host = { host: 'corner.localhost' }
      http.get(app.url, { headers: host }, (response) =>
        response
          .setEncoding('utf8')
          .reduce((text, part) => text + part, '')
          .then(resolve, reject),
      )
    })
    assert.match(page, /<title>Corner Shop – Cups<\/title>[\s\S]*<h2>Who<\/h2>[\s\S]*The Potter/)
    fs.writeFileSync(at('storefront.yaml'), looks(`logo: mug.svg\n${rest.replace('slab', 'Arial')}`))
    await assert.rejects(planTenants(options()), /storefront\.yaml:5: fonts\.headings: /)
    fs.writeFileSync(at('storefront.yaml'), looks(`logo: mug.svg\n${rest}`))
    await assert.rejects(planTenants(options()), /storefront\.yaml: no picture mug\.svg/)
    fs.rmSync(at('storefront.yaml'))
  })

  it('gives the catalogue its words in other languages, takes them back, and names what they are not for', async () => {
    write(`${store}locales: [en, de]\n`, vendor)
    fs.mkdirSync(at('translations'), { recursive: true })
    const say = (text: string) => fs.writeFileSync(at('translations/de.yaml'), text)
    say('products: { cup: { title: Tasse, subtitle: Klein } }\ncategories: { cups: { name: Tassen } }')
    assert.equal((await applyTenants(options())).changes, 3, 'the languages, and words of two things')
    assert.equal((await applyTenants(options())).changes, 0)
    const [row] = await asAdmin<{ token: string }>(
      app.adminUrl,
      `select token from app.api_key where token is not null and type = 'publishable'`,
    )
    const shopper = client(app, { publishableKey: row?.token as string })
    const cup = async () => (await shopper.get('/store/products', { handle: 'cup', locale: 'de' })).body.products[0]
    assert.deepEqual([(await cup()).title, (await cup()).subtitle], ['Tasse', 'Klein'])
    say('products: { cup: { title: Tässchen } }\ncategories: { cups: { name: Tassen } }')
    assert.equal((await applyTenants(options())).changes, 1)
    assert.equal((await applyTenants(options())).changes, 0)
    assert.deepEqual([(await cup()).title, (await cup()).subtitle], ['Tässchen', null])
    say('words: { Size: Größe, L: Groß, Parcel: Paket, Japan: Nippon }\nvendors: { potter: { description: Töpferei } }')
    assert.equal((await applyTenants(options())).changes, 5, 'one word is said of many things')
    assert.equal((await applyTenants(options())).changes, 0)
    const [size] = (await cup()).options
    assert.deepEqual([size.title, size.values.map(({ value }: { value: string }) => value)], ['Größe', ['S', 'Groß']])
    assert.deepEqual((await shopper.get('/store/products', { facets: 'options', locale: 'de' })).body.facets.options, [
      {
        title: 'Size',
        values: [
          { value: 'L', count: 1, label: 'Groß' },
          { value: 'S', count: 1 },
        ],
        label: 'Größe',
      },
    ])
    const german = async (path: string) => (await shopper.get(path, { locale: 'de' })).body
    assert.deepEqual((await german('/store/regions')).regions.map(({ name }: { name: string }) => name).sort(), ['Home', 'Nippon'])
    assert.equal((await german('/store/vendors/potter')).vendor.description, 'Töpferei')
    say('products: { mug: { title: Becher } }\nwords: { Glaze: Glasur }')
    fs.writeFileSync(at('translations/fr.yaml'), '{}')
    await assert.rejects(
      planTenants(options()),
      /de\.yaml: products: there is no mug[\s\S]*words: nothing is called Glaze[\s\S]*fr\.yaml: the store does not offer the language fr/,
    )
    fs.rmSync(at('translations'), { recursive: true })
  })

  it('takes a variant out behind the lock of its product, as every other change of it does', async () => {
    write(store, vendor.replace(/^.*CUP-L.*\n/m, ''))
    const holder = new pg.Client({ connectionString: app.adminUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query(`select 1 from app.product where handle = 'cup' for update`)
      const applied = applyTenants(options())
      const waiting = () =>
        asAdmin(app.adminUrl, `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      for (const until = Date.now() + 10_000; (await waiting()).length === 0; await pause(10)) {
        assert.ok(Date.now() < until, 'nobody waits for the product')
      }
      await holder.query(`select 1 from app.product_variant where sku = 'CUP-L' for update nowait`)
      await holder.query('commit')
      await applied
    } finally {
      await holder.end()
    }
    const left = `select v.sku from app.product_variant v join app.product p on p.id = v.product_id where p.handle = 'cup' and v.deleted_at is null`
    assert.deepEqual(await asAdmin(app.adminUrl, left), [{ sku: 'CUP-S' }])
  })
})
