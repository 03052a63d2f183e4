import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runImport } from '../../src/imports/index.js'
import { limits, systemClock } from '../../src/kernel/index.js'
import { useApp } from '../support/app.js'
import type { Answer, Client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { fillCart } from '../support/purchase.js'
import { createTestStore, type TestStore } from '../support/store.js'

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../test/support/shopify')
const fileNamed = (name: string) => fs.readFileSync(path.join(folder, name))
const csv = { 'content-type': 'text/csv' }

describe('imports of a Shopify file', () => {
  const app = useApp()
  let store: TestStore
  let vendor: Client
  let rival: Client

  // A store for each test: what one brings would be found by the next.
  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 0 })
    vendor = store.vendor(0)
    rival = store.vendor(1)
  })

  async function bring(who: Client, content: string | Uint8Array, query = ''): Promise<Answer['body']> {
    const asked = await who.post(`/vendor/imports${query}`, content, csv)
    assert.equal(asked.status, 200, JSON.stringify(asked.body))
    assert.equal(asked.body.import.state, 'queued')
    await app().drain()
    return (await who.get(`/vendor/imports/${asked.body.import.id}`)).body.import
  }

  const errorsOf = async (id: string) => (await vendor.get(`/vendor/imports/${id}/errors`)).body.import_errors
  const productWith = async (handle: string, who = vendor) => (await who.get('/vendor/products', { handle })).body.products[0]
  const context = () => ({ db: app().db, scope: store.scope, clock: systemClock, requestId: 'test', actorId: 'test' })

  it('bring products with options, prices, stock, words and pictures', async () => {
    await asAdmin(
      app().adminUrl,
      `insert into app.product_category (tenant_id, id, name, handle) values ($1, 'pcat_candles', 'candles', 'candles')`,
      [store.tenantId],
    )
    const done = await bring(vendor, fileNamed('candles.csv'), '?file_name=candles.csv')
    assert.equal(done.failure, null)
    assert.equal(done.file_name, 'candles.csv')
    assert.deepEqual(
      [done.state, done.row_count, done.processed_count, done.created_count, done.updated_count, done.error_count],
      ['done', 7, 7, 5, 0, 0],
    )
    const candle = await productWith('beeswax-candle')
    assert.equal(candle.external_id, 'shopify:beeswax-candle')
    assert.equal(candle.status, 'published')
    assert.equal(candle.description, '<p>Poured by hand,\nburns "clean" for 40 hours.</p>')
    assert.equal(candle.type.value, 'Candles')
    assert.deepEqual(
      candle.tags.map((tag: { value: string }) => tag.value),
      ['beeswax', 'handmade'],
    )
    assert.deepEqual(
      candle.categories.map((category: { id: string }) => category.id),
      ['pcat_candles'],
    )
    assert.deepEqual(
      candle.images.map((image: { url: string }) => image.url.split('/').at(-1)),
      ['candle-small.jpg', 'candle-tall.jpg', 'candle-lit.jpg', 'candle-large.jpg'],
      'in the order of their positions',
    )
    assert.deepEqual(
      candle.options.map((option: { title: string }) => option.title),
      ['Size', 'Scent'],
    )
    const [small, large] = candle.variants
    assert.deepEqual([small.title, small.sku, small.barcode, small.weight], ['Small / None', 'BEE-S', '4006381333931', 180])
    assert.deepEqual([small.prices[0].amount, small.prices[0].compare_at_amount, small.prices[0].currency_code], [18.5, 22, 'usd'])
    assert.deepEqual([small.inventory_quantity, small.allow_backorder], [12, false])
    assert.deepEqual([large.weight, large.inventory_quantity, large.allow_backorder], [420.5, 3, true])
    assert.equal(large.thumbnail, 'https://pictures.example/candle-large.jpg')
  })

  it('read what is particular to Shopify', async () => {
    await bring(vendor, fileNamed('candles.csv'))
    const snuffer = await productWith('brass-snuffer')
    assert.deepEqual(snuffer.options, [], 'Default Title is no choice')
    assert.equal(snuffer.variants[0].inventory_quantity, 0, 'less than nothing is nothing')
    const course = await productWith('candle-making-course')
    assert.equal(course.title, 'Candle making, a course in letters')
    assert.equal(course.variants[0].manage_inventory, false, 'no quantity, no counting')
    assert.equal((await productWith('winter-set')).status, 'draft')
    assert.equal((await productWith('summer-set')).status, 'draft')
    const cart = await store.shopper.post('/store/carts', { region_id: store.regionId })
    const added = await store.shopper.post(`/store/carts/${cart.body.cart.id}/line-items`, {
      variant_id: course.variants[0].id,
      quantity: 1,
    })
    assert.equal(added.body.cart.items[0].requires_shipping, false, 'letters are sent by nobody’s carrier')
  })

  it('bring what a shopper can buy', async () => {
    await bring(vendor, fileNamed('candles.csv'))
    const candle = await productWith('beeswax-candle')
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: [candle.variants[0].id], quantity: 2 })
    const completed = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(completed.body.type, 'order', JSON.stringify(completed.body))
    assert.equal(completed.body.order.item_total, 37)
  })

  it('change products that came before, and double none', async () => {
    await bring(vendor, fileNamed('candles.csv'))
    const first = await productWith('beeswax-candle')
    const same = await bring(vendor, fileNamed('candles.csv'))
    assert.deepEqual([same.state, same.created_count, same.updated_count, same.error_count], ['done', 0, 5, 0])
    assert.deepEqual(
      (await productWith('beeswax-candle')).variants.map((variant: { id: string }) => variant.id),
      first.variants.map((variant: { id: string }) => variant.id),
    )
    const next = await bring(vendor, fileNamed('candles-again.csv'))
    assert.deepEqual([next.created_count, next.updated_count, next.error_count], [1, 1, 0])
    const candle = await productWith('beeswax-candle')
    assert.equal(candle.id, first.id)
    assert.equal(candle.title, 'Beeswax pillar candle')
    assert.equal(candle.thumbnail, 'https://pictures.example/candle-new.jpg')
    const shown = candle.variants.map((variant: Answer['body']) => [variant.sku, variant.prices[0].amount, variant.inventory_quantity])
    assert.deepEqual(
      shown,
      [
        ['BEE-S', 19, 10],
        ['BEE-L', 27, 3],
        ['BEE-XL', 39, 4],
      ],
      'what the file no longer names stays',
    )
    assert.equal((await vendor.get('/vendor/products')).body.count, 6)
  })

  it('tell every problem with its line and column, and leave out the products that have one', async () => {
    const done = await bring(vendor, fileNamed('broken.csv'))
    assert.equal(done.state, 'done')
    assert.deepEqual([done.row_count, done.processed_count, done.created_count, done.error_count], [11, 11, 2, 11])
    const told = (await errorsOf(done.id)).map((error: Answer['body']) => [error.line, error.column, error.value, error.handle])
    assert.deepEqual(told, [
      [4, 'Variant Price', 'eighty', 'dear-lamp'],
      [4, 'Published', 'maybe', 'dear-lamp'],
      [5, 'Variant Inventory Qty', '4.5', 'dear-lamp'],
      [6, 'Title', '', 'nameless-lamp'],
      [8, 'Option1 Value', 'Red', 'twin-lamp'],
      [9, 'Variant Price', '', 'bare-lamp'],
      [9, 'Variant Inventory Policy', 'maybe', 'bare-lamp'],
      [9, 'Image Src', 'javascript:alert(1)', 'bare-lamp'],
      [10, 'Option1 Value', '', 'bare-lamp'],
      [11, 'Handle', '', null],
      [12, 'Variant SKU', 'LAMP-1', 'copied-lamp'],
    ])
    const reasons = (await errorsOf(done.id)).map((error: Answer['body']) => error.reason)
    assert.match(reasons[0], /not a number/)
    assert.match(reasons[4], /line 7/)
    const handles = (await vendor.get('/vendor/products')).body.products.map((product: { handle: string }) => product.handle)
    assert.deepEqual(handles.sort(), ['good-lamp', 'other-lamp'])
  })

  it('write nothing at all of a file with a problem when told to abort', async () => {
    const done = await bring(vendor, fileNamed('broken.csv'), '?on_error=abort')
    assert.equal(done.state, 'failed')
    assert.equal(done.failure, '11 problems in the file: nothing was imported')
    assert.deepEqual([done.processed_count, done.created_count], [0, 0])
    assert.equal((await errorsOf(done.id)).length, 11)
    assert.equal((await vendor.get('/vendor/products')).body.count, 0)
    assert.equal((await bring(vendor, fileNamed('candles.csv'), '?on_error=abort')).created_count, 5)
  })

  it('say where a file cannot be read', async () => {
    const open = await bring(vendor, fileNamed('never-closed.csv'))
    assert.equal(open.state, 'failed')
    assert.match(open.failure, /^Line 3: A quote is opened here and never closed/)
    assert.equal((await errorsOf(open.id))[0].line, 3)
    const other = await bring(vendor, 'name;price\nLamp;80\n')
    assert.match(other.failure, /no column Handle, Title, Variant Price/)
    const header = await bring(vendor, 'Handle,Title,Variant Price\n')
    assert.match(header.failure, /no rows/)
    const long = await bring(vendor, `Handle,Title,Variant Price\n${'a,A,1\n'.repeat(limits.importRows + 1)}`)
    assert.match(long.failure, /at most 20000 rows/)
  })

  it('refuse SKUs that another product of the vendor has', async () => {
    const variants = [{ title: 'One', sku: 'LAMP-2', prices: [{ currency_code: 'usd', amount: 1 }] }]
    assert.equal((await vendor.post('/vendor/products', { title: 'Lamp of before', variants })).status, 200)
    const done = await bring(vendor, fileNamed('broken.csv'))
    assert.equal(done.created_count, 1)
    const last = (await errorsOf(done.id)).at(-1)
    assert.deepEqual([last.line, last.column, last.handle], [13, 'Variant SKU', 'other-lamp'])
    assert.match(last.reason, /Lamp of before/)
  })

  it('refuse barcodes that are twice in the file or another product’s before anything is written', async () => {
    const held = { title: 'One', barcode: '4006381333931', prices: [{ currency_code: 'usd', amount: 1 }] }
    assert.equal((await vendor.post('/vendor/products', { title: 'Lamp of before', variants: [held] })).status, 200)
    const rows = ['good,Good,80,', 'also-good,Also good,80,', 'first,First,80,12345', 'twin,Twin,80,12345', 'known,Known,80,4006381333931']
    const file = ['Handle,Title,Variant Price,Variant Barcode', ...rows].join('\n')
    const done = await bring(vendor, file, '?on_error=abort')
    assert.deepEqual([done.state, done.created_count], ['failed', 0])
    assert.deepEqual(
      (await errorsOf(done.id)).map((error: Answer['body']) => [error.line, error.column, error.value, error.reason]),
      [
        [5, 'Variant Barcode', '12345', 'is the barcode of the variant in line 4 too'],
        [6, 'Variant Barcode', '4006381333931', 'is the barcode of a variant of your product "Lamp of before"'],
      ],
    )
    assert.equal((await vendor.get('/vendor/products')).body.count, 1)
    assert.equal((await bring(vendor, file)).created_count, 3, 'an empty one is none')
    const again = await bring(vendor, file)
    assert.deepEqual([again.updated_count, again.error_count], [3, 2], 'its own product has the barcode already')
  })

  it('give a handle that another vendor has another ending', async () => {
    await bring(rival, fileNamed('candles.csv'))
    const done = await bring(vendor, fileNamed('candles.csv'))
    assert.deepEqual([done.created_count, done.error_count], [5, 0])
    const { products } = (await vendor.get('/vendor/products', { external_id: 'shopify:beeswax-candle' })).body
    assert.match(products[0].handle, /^beeswax-candle-.+/)
    assert.equal((await bring(vendor, fileNamed('candles.csv'))).updated_count, 5, 'and is found again')
  })

  it('go on where they stopped, and are run by one at a time', async () => {
    const asked = await app().db.unitOfWork(
      { role: 'vendor', tenantId: store.tenantId, vendorId: store.vendors[0]?.id as string },
      async (unit) => {
        await unit.knex('import_job').insert({
          id: 'imp_slices',
          vendor_id: store.vendors[0]?.id,
          kind: 'products',
          content: fileNamed('candles.csv').toString(),
          on_error: 'skip',
        })
        return { import_job_id: 'imp_slices', vendor_id: store.vendors[0]?.id as string }
      },
    )
    const state = async () => (await vendor.get('/vendor/imports/imp_slices')).body.import
    const over = -1
    await runImport(context(), asked, over)
    const stopped = await state()
    assert.deepEqual([stopped.state, stopped.created_count], ['running', 0], 'its time was over at once')
    await Promise.all([runImport(context(), asked), runImport(context(), asked), runImport(context(), asked)])
    await app().drain()
    const done = await state()
    assert.deepEqual([done.state, done.processed_count, done.created_count, done.updated_count], ['done', 7, 5, 0])
    await runImport(context(), asked)
    assert.deepEqual(await state(), done, 'one that is over is not run again')
  })

  it('survive a crash between two products', async () => {
    const asked = await vendor.post('/vendor/imports', fileNamed('candles.csv'), csv)
    await app().drain()
    const { id } = asked.body.import
    await asAdmin(
      app().adminUrl,
      `with gone as (delete from app.product where tenant_id = $1 and external_id in ('shopify:winter-set', 'shopify:summer-set'))
       update app.import_job set state = 'running', processed_count = 5, created_count = 3, finished_at = null where tenant_id = $1 and id = $2`,
      [store.tenantId, id],
    )
    await runImport(context(), { import_job_id: id, vendor_id: store.vendors[0]?.id as string })
    const done = (await vendor.get(`/vendor/imports/${id}`)).body.import
    assert.deepEqual([done.state, done.processed_count, done.created_count, done.updated_count], ['done', 7, 5, 0])
    assert.equal((await vendor.get('/vendor/products')).body.count, 5)
  })

  it('of another vendor are not there', async () => {
    const done = await bring(rival, fileNamed('broken.csv'))
    assert.equal((await vendor.get(`/vendor/imports/${done.id}`)).status, 404)
    assert.equal((await vendor.get(`/vendor/imports/${done.id}/errors`)).status, 404)
    assert.equal((await vendor.get('/vendor/imports')).body.count, 0)
    assert.equal((await rival.get('/vendor/imports')).body.count, 1)
    const stolen = { import_job_id: done.id, vendor_id: store.vendors[0]?.id as string }
    await runImport(context(), stolen)
    assert.equal((await vendor.get('/vendor/products')).body.count, 0, 'a job that names a wrong vendor does nothing')
  })

  it('need text/csv, UTF-8, something in it, and known settings', async () => {
    const ask = (content: string | Uint8Array, query = '', headers: Record<string, string> = csv) =>
      vendor.post(`/vendor/imports${query}`, content, headers)
    assert.equal((await ask('x', '', { 'content-type': 'application/json' })).status, 400)
    assert.equal((await ask(Uint8Array.of(0x48, 0xe9, 0x0a))).status, 400)
    assert.equal((await ask(' \n')).status, 400)
    assert.equal((await ask('a\0b')).status, 400)
    assert.equal((await ask('Handle\n', '?on_error=ignore')).status, 400)
    assert.equal((await ask('Handle\n', '?dry_run=true')).status, 400)
    assert.equal((await ask('x'.repeat(limits.importFile_bytes + 1))).status, 413)
    assert.equal((await vendor.get('/vendor/imports')).body.count, 0)
  })
})
