import assert from 'node:assert/strict'
import { cellReader } from '../../../src/imports/shopify/cells.js'
import v8 from 'node:v8'
import vm from 'node:vm'
import { readProductFile } from '../../../src/imports/medusa/read-file.js'

const numbers = (count: number) => Array.from({ length: count }, (_none, index) => index)
const refusal = (message: RegExp) => (error: Error) => message.test(error.message)

describe('product files as they are read', () => {
  it('are refused at the row that takes a product over what any may have', async () => {
    const files: [string[], RegExp][] = [
      [['Variant Title', ...numbers(20_000).map(String)], /^Row 251: A product has at most 250 variants$/],
      [['Product Image 1', ...numbers(20_000).map(String)], /^Row 51: A product has at most 50 images$/],
      [['Product Tag 1', ...numbers(20_000).map(String)], /^Row 101: A product has at most 100 tags$/],
      [
        ['Variant Option 1 Name,Variant Option 1 Value', ...numbers(20_000).map((index) => `option ${index},value`)],
        /^Row 11: A product has at most 10 options$/,
      ],
    ]
    for (const [[header, ...cells], message] of files) {
      const file = [`Product Handle,${header}`, ...cells.map((cell) => `one,${cell}`)].join('\n')
      await assert.rejects(readProductFile(file), refusal(message))
    }
  })

  it('may say the same of a product in each of its rows', async () => {
    const rows = numbers(250).map((index) => `one,a,b,Size,${index},Colour,red`)
    const header = 'Product Handle,Product Image 1,Product Image 2,Variant Option 1 Name,Variant Option 1 Value'
    const [product] = await readProductFile([`${header},Variant Option 2 Name,Variant Option 2 Value`, ...rows].join('\n'))
    assert.deepEqual([product?.images, product?.variants.length, product?.rowCount], [['a', 'b'], 250, 250])
    assert.deepEqual(product?.options, [
      { title: 'Size', values: numbers(250).map(String) },
      { title: 'Colour', values: ['red'] },
    ])
  })

  it('are not held cell by cell: empty ones cost nothing', async () => {
    v8.setFlagsFromString('--expose-gc')
    const collect = vm.runInNewContext('gc') as () => void
    const row = `,${','.repeat(400)}`
    const header = `Product Handle,${numbers(400).map((index) => `Variant Price [Region ${index}] USD`)},Variant Title`
    const file = [header, ...numbers(2_000).map((index) => `product-${index}${row}Only`)].join('\n')
    const held = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = held()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, held() - before)
    }, 100)
    const products = await readProductFile(file)
    most = Math.max(most, held() - before)
    clearInterval(watch)
    assert.equal(products.length, 2_000)
    assert.ok(most < 12_000_000, `${most} bytes for a file of ${file.length}`)
  })
})

describe('an amount in a Shopify file', () => {
  it('is refused with what to do where it has a comma, and counted where it has none', () => {
    const cells = cellReader('lamp')
    const amount = (price: string) =>
      cells.amount({ line: 2, cells: { 'Variant Price': price }, surplus: [] } as never, 'Variant Price', 'eur')
    assert.equal(amount('12.50'), 1250n)
    for (const price of ['12,50', '1.234,5']) assert.equal(amount(price), undefined)
    assert.deepEqual(
      cells.problems.map(({ reason }) => reason),
      Array(2).fill('has a comma: write a point before the decimals, such as 12.50'),
    )
  })
})
