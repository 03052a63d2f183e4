import assert from 'node:assert/strict'
import { productBodies } from '../../src/api/admin/product-writing.js'
import { runStoreImport } from '../../src/imports/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { adminClient, refused, type Sdk } from '../support/admin-client.js'
import { useApp } from '../support/app.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { addStaff } from '../support/people.js'
import { createTestStore, type TestStore } from '../support/store.js'

type Body = Record<string, unknown>

describe('product files of a store', () => {
  const app = useApp()
  let store: TestStore
  let sdk: Sdk

  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, stock: 50 })
    sdk = adminClient(app(), store)
  })

  const fileOf = (text: string, name = 'products.csv') => new File([text], name, { type: 'text/csv' })
  const bring = (text: string, name?: string) => sdk.admin.product.createImport({ file: fileOf(text, name) })
  const importOf = async (id: string) => good(await store.admin.get(`/admin/imports/${id}`)).import
  const errorsOf = async (id: string) => good(await store.admin.get(`/admin/imports/${id}/errors`)).import_errors
  const context = () => ({ db: app().db, scope: store.scope, clock: systemClock, requestId: 'test', actorId: 'test' })
  const catalogue = async (): Promise<Body[]> => good(await store.admin.get('/admin/products', { limit: 100 })).products

  async function written(text: string, name?: string) {
    const { transaction_id } = await bring(text, name)
    await sdk.admin.product.confirmImport(transaction_id)
    await app().drain()
    return importOf(transaction_id)
  }

  /** What the feed says last. */
  async function told(): Promise<Body> {
    await app().drain()
    const { notifications } = await sdk.admin.notification.list({ channel: 'feed', order: '-created_at', limit: 1 })
    return notifications[0]?.data as Body
  }

  async function exported(): Promise<string> {
    await sdk.admin.product.export({})
    const { file } = (await told()) as { file: { url: string } }
    return (await fetch(file.url)).text()
  }

  const columns =
    'Product Handle,Product Title,Product Vendor,Product Tag 1,Variant Title,Variant Sku,Variant Option 1 Name,Variant Option 1 Value'
  const lampsOf = (vendor: string) =>
    [
      `${columns},Variant Price USD,Variant Manage Inventory`,
      `lamp,Lamp,${vendor},bright,Small,LAMP-S,Size,S,12.50,FALSE`,
      `lamp,Lamp,${vendor},bright,Large,LAMP-L,Size,L,20,FALSE`,
      'chair,"Chair, ""soft""",,,Only,CHAIR,Kind,Plain,80,FALSE',
      '',
    ].join('\r\n')

  it('are checked first, and written once they are confirmed', async () => {
    good(await store.admin.post('/admin/product-tags', { value: 'bright' }))
    const before = (await catalogue()).length
    const { transaction_id, summary } = await bring(lampsOf(store.vendors[1]?.handle as string), 'lamps.csv')
    assert.deepEqual(summary, { toCreate: 2, toUpdate: 0 })
    await app().drain()
    assert.equal((await catalogue()).length, before, 'nothing is written before')
    assert.deepEqual([(await importOf(transaction_id)).state, (await importOf(transaction_id)).to_create_count], ['waiting', 2])
    await sdk.admin.product.confirmImport(transaction_id)
    const data = await told()
    assert.deepEqual([data.title, data.description], ['Product import', 'Product import of file lamps.csv completed successfully!'])
    const done = await importOf(transaction_id)
    assert.deepEqual(
      [done.state, done.row_count, done.processed_count, done.created_count, done.updated_count, done.error_count, done.vendor_id],
      ['done', 3, 3, 2, 0, 0, null],
    )
    const [lamp] = good(await store.admin.get('/admin/products', { handle: 'lamp' })).products
    assert.deepEqual([lamp.title, lamp.vendor_id, lamp.status, lamp.tags[0].value], ['Lamp', store.vendors[1]?.id, 'draft', 'bright'])
    assert.deepEqual(
      lamp.variants.map((variant: { sku: string; manage_inventory: boolean; prices: { amount: number }[] }) => [
        variant.sku,
        variant.manage_inventory,
        variant.prices.map((price) => price.amount),
      ]),
      [
        ['LAMP-S', false, [12.5]],
        ['LAMP-L', false, [20]],
      ],
    )
    const [chair] = good(await store.admin.get('/admin/products', { handle: 'chair' })).products
    const [house] = good(await store.admin.get('/admin/vendors', { q: 'Store' })).vendors.filter(
      (one: { is_house: boolean }) => one.is_house,
    )
    assert.deepEqual([chair.title, chair.vendor_id], ['Chair, "soft"', house.id])
  })

  it('that were exported come back without changing anything', async () => {
    const { region } = good(await store.admin.post('/admin/regions', { name: 'THE North', currency_code: 'usd', countries: ['ca'] }))
    const { product_tag } = good(await store.admin.post('/admin/product-tags', { value: "'=odd" }))
    const { product_category } = good(await store.admin.post('/admin/product-categories', { name: 'Hidden', is_internal: true }))
    const { customer_group } = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' }))
    good(
      await store.admin.post('/admin/products', {
        title: '=SUM(A1)',
        subtitle: '-5 "degrees", outside',
        description: 'Two lines\nof it ',
        vendor_id: store.vendors[0]?.id,
        images: ['b', 'a', 'c'].map((name) => ({ url: `https://pictures.example/${name}.png` })),
        thumbnail: 'https://pictures.example/b.png',
        tags: [{ id: product_tag.id }],
        categories: [{ id: product_category.id }],
        sales_channels: [{ id: store.salesChannelId }],
        weight: 1.5,
        metadata: { nested: { deep: ['=1'] } },
        options: [
          { title: 'Size', values: ['S', 'M', 'unused'] },
          { title: 'Colour', values: ['@red'] },
        ],
        variants: ['S', 'M'].map((size) => ({
          title: size,
          sku: `+ODD-${size}`,
          options: { Size: size, Colour: '@red' },
          barcode: `0012${size}`,
          allow_backorder: true,
          metadata: { place: size },
          prices: [
            { currency_code: 'usd', amount: 10.5, compare_at_amount: 12 },
            { currency_code: 'usd', amount: 9.25, rules: { region_id: region.id } },
            { currency_code: 'usd', amount: 8, min_quantity: 10 },
            { currency_code: 'usd', amount: 7, rules: { 'customer.groups.id': customer_group.id } },
          ],
        })),
      }),
    )
    good(await store.vendor(0).post('/vendor/products', { title: 'Without variants' }))
    const before = await catalogue()
    const text = await exported()
    const { transaction_id, summary } = await bring(text)
    assert.deepEqual(summary, { toCreate: 0, toUpdate: before.length })
    await sdk.admin.product.confirmImport(transaction_id)
    await app().drain()
    const done = await importOf(transaction_id)
    assert.deepEqual([done.state, done.created_count, done.updated_count, done.error_count], ['done', 0, before.length, 0])
    assert.deepEqual(await errorsOf(transaction_id), [])
    // To the time at which each was changed last, and the ids of pictures and prices.
    assert.deepEqual(await catalogue(), before)
    assert.equal(await exported(), text)
    // One cell is changed: that is all that changes.
    await written(text.replaceAll('9.25', '9.75').replaceAll('https://pictures.example/a.png', 'https://pictures.example/new.png'))
    const [changed] = good(await store.admin.get('/admin/products', { q: 'SUM' })).products
    assert.deepEqual(
      changed.variants[0].prices.map((price: { amount: number }) => price.amount).toSorted(),
      [10.5, 7, 8, 9.75].toSorted(),
      'prices without a column stay',
    )
    assert.equal(changed.variants[0].prices.find((price: { amount: number }) => price.amount === 10.5).compare_at_amount, 12)
    // Two barcodes that were mixed up.
    const held = (await exported()).replaceAll('0012S', 'swapped').replaceAll('0012M', '0012S').replaceAll('swapped', '0012M')
    const swapped = await written(held)
    assert.deepEqual([swapped.state, swapped.error_count], ['done', 0], JSON.stringify(await errorsOf(swapped.id)))
    assert.deepEqual(
      good(await store.admin.get(`/admin/products/${changed.id}`)).product.variants.map(({ title, barcode }: Body) => [title, barcode]),
      [
        ['S', '0012M'],
        ['M', '0012S'],
      ],
    )
    const old = before.find(({ id }) => id === changed.id) as { images: { id: string; url: string }[] }
    assert.deepEqual(
      changed.images.map((image: { url: string }) => image.url.split('/').at(-1)),
      ['b.png', 'new.png', 'c.png'],
    )
    assert.deepEqual(
      [changed.images[0].id, changed.images[2].id],
      [old.images[0]?.id, old.images[2]?.id],
      'pictures that stay are the same',
    )
  })

  it('change what they name, and add variants and values', async () => {
    const product = store.vendors[0]?.products[0]
    const found = good(await store.admin.get(`/admin/products/${product?.id}`)).product
    const title = found.options[0].title
    const header = `Product Id,Product Title,Product Material,Variant Id,Variant Title,Variant Option 1 Name,Variant Option 1 Value,Variant Price USD`
    const rows = [`${product?.id},Renamed,,${product?.variantIds[0]},,,,99`, `${product?.id},,wool,,Extra,${title},Extra,5`]
    const file = [header, ...rows].join('\n')
    const done = await written(file)
    assert.deepEqual([done.state, done.updated_count, done.error_count], ['done', 1, 0], JSON.stringify(await errorsOf(done.id)))
    const now = good(await store.admin.get(`/admin/products/${product?.id}`)).product
    assert.deepEqual([now.title, now.material, now.variants.length], ['Renamed', 'wool', found.variants.length + 1])
    assert.equal(now.variants.find((variant: Body) => variant.id === product?.variantIds[0]).prices[0].amount, 99)
    // The same again finds the variant by its options, and doubles none.
    await written(file)
    assert.equal(good(await store.admin.get(`/admin/products/${product?.id}`)).product.variants.length, found.variants.length + 1)
  })

  it('in the columns of the dashboard’s template', async () => {
    const head =
      'Product Id,Product Handle,Product Title,Product HS Code,Product MID Code,Shipping Profile Id,Product Sales Channel 1,Product Discountable,Variant Id,Variant Title,Variant SKU,Variant MID Code,Variant Price EUR,Variant Price USD,Variant Option 1 Name,Variant Option 1 Value,Product Image 2 Url,Product Image 1 Url'
    const row = (size: string) =>
      `,jug,Jug,1234,MID,,${store.salesChannelId},TRUE,,${size},JUG-${size},MID-${size},10,12,Size,${size},,https://pictures.example/jug.png`
    const done = await written([head, row('S'), row('L')].join('\n'))
    assert.deepEqual([done.state, done.created_count, done.error_count], ['done', 1, 0], JSON.stringify(await errorsOf(done.id)))
    const [jug] = good(await store.admin.get('/admin/products', { handle: 'jug' })).products
    assert.deepEqual([jug.hs_code, jug.mid_code, jug.sales_channels[0].id], ['1234', 'MID', store.salesChannelId])
    assert.deepEqual(
      jug.images.map((image: { url: string }) => image.url),
      ['https://pictures.example/jug.png'],
    )
    assert.deepEqual(
      jug.variants.map((variant: { sku: string; prices: object[] }) => [variant.sku, variant.prices.length]),
      [
        ['JUG-S', 2],
        ['JUG-L', 2],
      ],
    )
  })

  it('in the older way, and from spreadsheets that part cells by semicolons', async () => {
    const file = fileOf('Product Handle;Product Title;Variant Title;Variant Price USD\nbowl;Bowl;Only;3\n', 'bowls.csv')
    const { transaction_id, summary, warnings } = (await sdk.admin.product.import({ file })) as Awaited<
      ReturnType<typeof sdk.admin.product.import>
    > & { warnings: string[] }
    assert.deepEqual(summary, { toCreate: 1, toUpdate: 0 })
    assert.match(warnings[0] ?? '', /^The new product of row 1 is in no sales channel, so no storefront shows it/)
    assert.equal((await store.admin.post(`/admin/products/import/${transaction_id}/confirm`, {})).status, 202)
    assert.equal((await told()).description, 'Product import of file bowls.csv completed successfully!')
    assert.equal(good(await store.admin.get('/admin/products', { handle: 'bowl' })).count, 1)
    const form = { 'content-type': 'multipart/form-data; boundary=x' }
    const words = '--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n'
    const empty = await store.admin.post('/admin/products/import', words, form)
    assert.deepEqual([empty.status, empty.body.message], [400, 'No file was uploaded for importing'])
  })

  it('are refused whole, in Medusa’s words, by the row', async () => {
    const [mine, theirs] = store.vendors
    const head = 'Product Id,Product Handle,Product Title'
    const cases: [file: string, message: RegExp][] = [
      ['Product Handle,Colour,Prize\na,b,c', /^Invalid column name\(s\) "Colour","Prize"$/],
      [`${head}\n,a,A\n,,B`, /^Row 2: Missing product id and handle\. One of these columns are required to process the row$/],
      [
        `${head},Product Weight\n,a,A,heavy`,
        /^Row 1: Invalid value provided for "product weight"\. Expected value to be a number, received "heavy"$/,
      ],
      ['Product Handle,constructor,__proto__\na,b,c', /^Invalid column name\(s\) "constructor","__proto__"$/],
      [
        `${head},Variant Title,Variant Price USD\n,a,A,B,0x10`,
        /^Row 1: Invalid value provided for "Variant Price USD"\. Expected value to be a number, received "0x10"$/,
      ],
      [
        `${head},Variant Title,Variant Price USD\n,a,A,B,"1.234,50"`,
        /^Row 1: Invalid value provided for "Variant Price USD"\. Expected value to be a number with a point before its decimals/,
      ],
      [`${head},Variant Price ZZZ\n,a,A,`, /^Currency with code: zzz is not known: the column "Variant Price ZZZ"/],
      [`${head},Variant Sku\n,a,A,S1\n,b,B,S2\n,c,C,S1`, /^Row 3: The sku S1 is that of row 1 too/],
      ['PK\x03\x04 a workbook', /^The file is a workbook of a spreadsheet, such as \.xlsx, and no CSV: save it as CSV UTF-8$/],
      [`${head},Product Metadata\n,a,A,{`, /^Row 1: Invalid value provided for "product metadata"\. Expected a valid JSON string/],
      [`${head},Variant Option 1 Name,Variant Option 1 Value\n,a,A,Size,`, /^Row 1: Missing option value for "variant option 1 name"$/],
      [`${head},Variant Title,Variant Price US\n,a,A,B,1`, /^Invalid price format used by "Variant Price US"/],
      [`${head},Variant Title,Variant Price [Atlantis] USD\n,a,A,B,1`, /^Row 1: Region with name atlantis .* was not found$/],
      [`${head},Variant Title,Variant Price USD\n,a,A,B,1.005`, /^Row 1: .*1\.005/],
      [`${head},Product Tag 1\n,a,A,none`, /^Row 1: Tag with value none not found$/],
      [`${head},Product Vendor\n,a,A,nobody`, /^Row 1: Vendor with handle: nobody was not found$/],
      [`${head},Product Vendor\n${mine?.products[0]?.id},,A,${theirs?.handle}`, /^Row 1: The product is of the vendor/],
      [`${head},Variant Id\n,a,A,variant_of_another`, /^Row 1: A new product has no Variant Id/],
      [`${head}\nprod_unknown,,A`, /^Row 1: Product with id: prod_unknown was not found$/],
      [`${head}\n,${mine?.products[0]?.handle},A`, /^Row 1: Product with handle: .*, already exists/],
      [
        `${head},Variant Id\n${mine?.products[0]?.id},,A,${theirs?.products[0]?.variantIds[0]}`,
        /^Row 1: Variant with id: .* was not found$/,
      ],
      [`${head}\n,a,`, /^Row 1: .*Field 'title' is required/],
      [`${head},Product Status\n,a,A,sold`, /^Row 1: /],
      [`${head}\n,a,"A`, /^Line 2: A quote is opened here and never closed$/],
      [`${head}\n`, /^Line 1: The file has a header and no rows$/],
    ]
    const before = await catalogue()
    for (const [file, message] of cases) {
      const failure = await refused(bring(file))
      assert.equal(failure.status, 400, file)
      assert.match(failure.message, message)
    }
    assert.equal(good(await store.admin.get('/admin/imports')).count, 0)
    assert.deepEqual(await catalogue(), before)
    assert.match((await refused(bring(''))).message, /^The file is empty$/)
    const type = await refused(sdk.admin.upload.presignedUrl({ originalname: 'a', mime_type: 'nonsense', size: 1 } as never))
    assert.deepEqual([type.status, type.message], [400, 'Invalid file type "nonsense"'])
  })

  it('tell by the line what could not be written, and that it failed', async () => {
    const known = {
      title: 'Known',
      options: [{ title: 'Size', values: ['S'] }],
      variants: [{ title: 'S', sku: 'SAME', options: { Size: 'S' }, prices: [] }],
    }
    const { transaction_id } = await bring(
      'Product Handle,Product Title,Variant Title,Variant Sku,Variant Price USD\nnew-one,One,A,FIRST,1\nnew-two,Two,B,SAME,2\nnew-three,Three,C,OTHER,3\n',
      'twins.csv',
    )
    // Made while the file waited.
    good(await store.admin.post('/admin/products', known))
    await sdk.admin.product.confirmImport(transaction_id)
    const data = await told()
    assert.equal(data.description, 'Failed to import products from file twins.csv')
    const done = await importOf(transaction_id)
    assert.deepEqual([done.state, done.created_count, done.error_count], ['done', 2, 1])
    const [problem] = await errorsOf(transaction_id)
    assert.deepEqual([problem.line, problem.handle], [3, 'new-two'])
    assert.match(problem.reason, /SAME/)
  })

  it('are written once, however often that is asked for, and go on where they were broken off', async () => {
    const rows = Array.from({ length: 12 }, (_none, index) => `cup-${index},Cup ${index},Only,${index + 1}`)
    const file = ['Product Handle,Product Title,Variant Title,Variant Price USD', ...rows].join('\n')
    const first = await bring(file)
    const both = await Promise.all([1, 2, 3].map(() => store.admin.post(`/admin/products/imports/${first.transaction_id}/confirm`, {})))
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [202, 400, 400])
    const second = both.find(({ status }) => status === 400)?.body
    assert.deepEqual([second.type, /was confirmed already/.test(second.message)], ['not_allowed', true])
    await app().drain()
    assert.equal((await importOf(first.transaction_id)).created_count, 12)
    const again = await bring(file.replaceAll('cup', 'mug'))
    await asAdmin(app().adminUrl, `update app.import_job set state = 'queued' where id = $1`, [again.transaction_id])
    const settings = { bodies: productBodies, publicUrl: app().url }
    const request = { import_job_id: again.transaction_id }
    // A run that dies in its sixth product leaves five behind it.
    let left = 5
    const mortal = {
      ...productBodies,
      create: async (...given: Parameters<typeof productBodies.create>) => {
        const made = await productBodies.create(...given)
        left -= 1
        if (left < 0) throw new Error('the process is gone')
        return made
      },
    }
    await assert.rejects(runStoreImport(context(), request, { bodies: mortal, publicUrl: app().url }), /gone/)
    const broken = await importOf(again.transaction_id)
    assert.deepEqual([broken.state, broken.processed_count, broken.created_count, broken.error_count], ['running', 5, 5, 0])
    // Three go on at once, one of them only for a moment before it hands on.
    await Promise.all([20, 60_000, 60_000].map((slice_ms) => runStoreImport(context(), request, { ...settings, slice_ms })))
    await app().drain()
    const done = await importOf(again.transaction_id)
    assert.deepEqual([done.state, done.created_count, done.error_count], ['done', 12, 0])
    assert.equal(good(await store.admin.get('/admin/products', { q: 'Cup', limit: 100 })).count, 24)
  })

  it('are nobody else’s: of another store, of a vendor, of staff for one vendor', async () => {
    const other = await createTestStore(app(), { vendors: 1, productsPerVendor: 0 })
    const form = new FormData()
    form.append('files', fileOf('Product Handle,Product Title\nmine,Mine'))
    const headers = { authorization: `Basic ${Buffer.from(`${store.secretKey}:`).toString('base64')}` }
    const { files } = (await (await fetch(`${app().url}/admin/uploads`, { method: 'POST', body: form, headers })).json()) as {
      files: { id: string; url: string }[]
    }
    const file_key = files[0]?.id as string
    const open = await fetch(files[0]?.url as string, { headers: { 'x-tenant': store.slug } })
    assert.equal(open.status, 401, 'it is served to nobody without a key')
    assert.equal((await fetch(`${app().url}/files/${store.publicId}/${file_key}`)).status, 404)
    assert.equal(good(await store.admin.get(`/admin/uploads/${file_key}`)).file.id, file_key)
    const asked = { file_key, originalname: 'mine.csv' }
    for (const wrong of [await other.admin.post('/admin/products/imports', asked), await other.admin.get(`/admin/uploads/${file_key}`)])
      assert.equal(wrong.status, 404)
    const { transaction_id } = (await store.admin.post('/admin/products/imports', asked)).body
    for (const path of ['imports', 'import'])
      assert.equal((await other.admin.post(`/admin/products/${path}/${transaction_id}/confirm`, {})).status, 404)
    assert.equal((await other.admin.get(`/admin/imports/${transaction_id}`)).status, 404)
    assert.equal((await other.admin.get(`/admin/imports/${transaction_id}/errors`)).status, 404)
    // A vendor sees its own alone; staff for one vendor that vendor's, and bring none.
    good(await store.vendor(0).post('/vendor/imports', 'Handle,Title,Variant Price\na,A,1\n', { 'content-type': 'text/csv' }))
    await app().drain()
    const seen = good(await store.vendor(0).get('/vendor/imports')).imports
    assert.equal(seen.length, 1)
    assert.equal((await store.vendor(0).get(`/vendor/imports/${transaction_id}`)).status, 404)
    const inVendorsRole = await app().db.read({ role: 'vendor', tenantId: store.tenantId, vendorId: store.vendors[0]?.id as string }, {
      name: '',
      text: 'select id from import_job where tenant_id = $1',
      values: [store.tenantId],
    } as never)
    assert.deepEqual(inVendorsRole, [{ id: seen[0].id }], 'nor does the database show it more')
    const all = good(await store.admin.get('/admin/imports')).imports
    assert.deepEqual(
      all.map((one: { id: string; source: string; vendor: { handle: string } | null }) => [one.id, one.source, one.vendor?.handle ?? null]),
      [
        [seen[0].id, 'shopify', store.vendors[0]?.handle],
        [transaction_id, 'medusa', null],
      ],
    )
    const limited = client(app(), { token: await addStaff(app(), store, 'store_manager', store.vendors[0]?.id) })
    assert.deepEqual(
      good(await limited.get('/admin/imports')).imports.map((one: { id: string }) => one.id),
      [seen[0].id],
    )
    assert.equal((await limited.post('/admin/products/imports', asked)).status, 403)
    assert.equal((await limited.post(`/admin/products/imports/${transaction_id}/confirm`, {})).status, 403)
  })
})
