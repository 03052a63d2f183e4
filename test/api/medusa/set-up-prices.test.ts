import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

// What a store is set up with that costs something or takes something off, and how it reads back.

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Any = any

describe('setting prices up through Medusa’s Admin API', () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
  })

  const get = async (path: string): Promise<Any> => good(await shop.admin.get(path))
  const refusal = async (path: string, body: object) => {
    const answer = await shop.admin.post(path, body)
    return [answer.status, answer.body.type, answer.body.message]
  }
  const refused = (message: string) => [400, 'invalid_data', message]

  describe('price lists', () => {
    const base = { title: 'Summer', description: 'Everything must go', status: 'active', type: 'override' }
    const make = async (more: object) => (await shop.make('/admin/price-lists', { ...base, ...more })).price_list
    let reader: Client

    before(async () => {
      const { api_key: key } = await shop.make('/admin/api-keys', { title: 'Reader', type: 'publishable' })
      await shop.make(`/admin/api-keys/${key.id}/sales-channels`, { add: [shop.channelId] })
      reader = client(app(), { publishableKey: key.token })
    })

    const price = async (productId: string) => {
      const query = { id: productId, region_id: shop.regionId, fields: '*variants.calculated_price' }
      const { products } = good(await reader.get('/store/products', query))
      return products[0].variants[0].calculated_price.calculated_amount
    }

    it('ask for any attribute, of which shoppers meet their region', async () => {
      const product = (await shop.product({ title: 'Asked', shipping_profile_id: shop.profileId })) as Any
      await shop.make(`/admin/sales-channels/${shop.channelId}/products`, { add: [product.id] })
      const [{ id: variant_id }] = product.variants
      const prices = (amount: number) => [{ amount, currency_code: 'usd', variant_id }]
      const { region } = await shop.make('/admin/regions', { name: 'Elsewhere', currency_code: 'usd', countries: ['ca'] })
      const odd = await make({ rules: { weather: ['fine'] }, prices: prices(1) })
      const { description: _words, ...wordless } = base
      assert.deepEqual(await refusal('/admin/price-lists', wordless), refused("Invalid request: Field 'description' is required"))
      const nameless = await refusal('/admin/price-lists', { ...base, rules: { [`${'k'.repeat(300)}`]: ['a'] } })
      assert.deepEqual(nameless, refused("Invalid request: Field 'rules': A rule names an attribute of a cart"))
      assert.deepEqual([odd.rules, odd.rules_count], [{ weather: ['fine'] }, 1])
      const elsewhere = await make({ rules: { region_id: [region.id] }, prices: prices(2) })
      assert.equal(await price(product.id), 15)
      const here = await make({ rules: { region_id: [region.id, shop.regionId] }, prices: prices(3) })
      assert.equal(await price(product.id), 3)
      const { price_list: free } = await shop.make(`/admin/price-lists/${here.id}`, { rules: { region_id: [region.id] } })
      assert.deepEqual(free.rules, { region_id: [region.id] })
      assert.equal(await price(product.id), 15)
      await shop.make(`/admin/price-lists/${elsewhere.id}`, { rules: {} })
      assert.deepEqual((await get(`/admin/price-lists/${elsewhere.id}`)).price_list.rules, {})
      assert.equal(await price(product.id), 2)
    })

    it('take the former name of customer groups, and no region that is not there', async () => {
      const { customer_group } = await shop.make('/admin/customer-groups', { name: 'Friends' })
      const list = await make({ rules: { customer_group_id: [customer_group.id] } })
      assert.deepEqual([list.rules, list.rules_count], [{ 'customer.groups.id': [customer_group.id] }, 1])
      const unknown = await refusal('/admin/price-lists', { ...base, rules: { region_id: ['reg_none'] } })
      assert.deepEqual(unknown, [404, 'not_found', 'Region with id: reg_none was not found'])
      const dated = await refusal('/admin/price-lists', { ...base, starts_at: 'soon' })
      assert.deepEqual(dated, refused('Cannot set price list starts at with with invalid date string: soon'))
    })

    it('have one price under the same conditions: the last one given, with the id of the first', async () => {
      const product = (await shop.product({ title: 'Once' })) as Any
      const [{ id: variant_id }] = product.variants
      const one = { currency_code: 'usd', variant_id, rules: { region_id: shop.regionId } }
      const list = await make({
        prices: [
          { ...one, amount: 5 },
          { ...one, amount: 6 },
        ],
      })
      assert.deepEqual(
        list.prices.map((made: Any) => made.amount),
        [6],
      )
      const path = `/admin/price-lists/${list.id}/prices/batch`
      const create = [
        { ...one, amount: 7 },
        { ...one, amount: 4, min_quantity: 10 },
      ]
      const { created } = await shop.make(path, { create })
      assert.deepEqual(
        created.map((made: Any) => [made.id === list.prices[0].id, made.amount, made.min_quantity]),
        [
          [true, 7, null],
          [false, 4, 10],
        ],
      )
      assert.equal((await get(`/admin/price-lists/${list.id}`)).price_list.prices.length, 2)
    })
  })

  it('gives a variant the last of two prices in one currency', async () => {
    const prices = [1, 2].map((amount) => ({ currency_code: 'usd', amount }))
    const variants = [{ title: 'Large', options: { size: 'large' }, prices }]
    const product = (await shop.product({ title: 'Twice', variants })) as Any
    assert.deepEqual(
      product.variants[0].prices.map((made: Any) => made.amount),
      [2],
    )
  })

  it('changes prices of delivery by their ids, which stay', async () => {
    const id = await shop.shipping(shop.profileId, [
      { currency_code: 'usd', amount: 10 },
      { region_id: shop.regionId, amount: 20, rules: [{ attribute: 'item_total', operator: 'gte', value: 100 }] },
      { currency_code: 'eur', amount: 9 },
    ])
    const shown = ({ prices }: Any) => prices.map((one: Any) => [one.id, one.currency_code, one.amount, one.price_rules.length]).sort()
    const { shipping_option: before } = await get(`/admin/shipping-options/${id}`)
    const [plain, regional] = [before.prices.find((one: Any) => one.amount === 10), before.prices.find((one: Any) => one.amount === 20)]
    const path = `/admin/shipping-options/${id}`
    const { shipping_option: after } = await shop.make(path, { prices: [{ id: plain.id }, { id: regional.id, amount: 25 }] })
    assert.deepEqual(
      shown(after),
      [
        [plain.id, 'usd', 10, 0],
        [regional.id, 'usd', 25, 2],
      ].sort(),
    )
    assert.deepEqual(await refusal(path, { prices: [{ id: 'price_none', amount: 1 }] }), [
      404,
      'not_found',
      'Price with id: price_none was not found',
    ])
  })

  it('takes an inventory item away from the variants that drew on it', async () => {
    const variants = [
      { title: 'Large', options: { size: 'large' }, sku: 'GONE', manage_inventory: true, prices: [{ currency_code: 'usd', amount: 1 }] },
    ]
    const product = (await shop.product({ title: 'Counted', variants })) as Any
    const [{ inventory_item_id: item }] = product.variants[0].inventory_items
    assert.deepEqual(good(await shop.admin.delete(`/admin/inventory-items/${item}`)), { id: item, object: 'inventory_item', deleted: true })
    const { product: after } = await get(`/admin/products/${product.id}`)
    assert.deepEqual([after.variants[0].sku, after.variants[0].inventory_items], ['GONE', []])
  })

  describe('promotions', () => {
    const method = { type: 'fixed', target_type: 'items', allocation: 'each', max_quantity: 1, value: 5, currency_code: 'usd' }
    const body = (code: string, more: object = {}, methodMore: object = {}) => ({
      code,
      type: 'standard',
      status: 'active',
      application_method: { ...method, ...methodMore },
      ...more,
    })

    it('ask for attributes that nothing has, and are then not given', async () => {
      const rules = [{ attribute: 'weather', operator: 'gt', values: ['fine'] }]
      const { promotion } = await shop.make('/admin/promotions', body('FINE', { rules }, { target_rules: rules }))
      const shown = (all: Any[]) => all.map((rule) => [rule.attribute, rule.operator, rule.values.map((one: Any) => one.value)])
      assert.deepEqual(shown(promotion.rules), [['weather', 'gt', ['fine']]])
      assert.deepEqual(shown(promotion.application_method.target_rules), [['weather', 'gt', ['fine']]])
      const product = (await shop.product({ title: 'Dry' })) as Any
      await shop.make(`/admin/sales-channels/${shop.channelId}/products`, { add: [product.id] })
      const items = [{ variant_id: product.variants[0].id, quantity: 1 }]
      const { cart } = good(await shop.shopper.post('/store/carts', { ...shop.place, items, promo_codes: ['FINE'] }))
      assert.equal(cart.discount_total, 0)
      const { created } = await shop.make(`/admin/promotions/${promotion.id}/rules/batch`, {
        create: [{ attribute: 'customer.mood', operator: 'eq', values: 'good' }],
      })
      assert.deepEqual(shown(created), [['customer.mood', 'eq', ['good']]])
    })

    it('are told apart by the case of their codes, and divide an order among everything without saying so', async () => {
      const whole = { target_type: 'order', allocation: undefined, max_quantity: undefined }
      const { promotion } = await shop.make('/admin/promotions', body('Case', {}, whole))
      assert.deepEqual([promotion.application_method.allocation, promotion.application_method.max_quantity], [null, null])
      const { promotion: other } = await shop.make(
        '/admin/promotions',
        body('CASE', { rules: [{ attribute: 'a', operator: 'ne', values: [] }] }),
      )
      assert.notEqual(other.id, promotion.id)
      const items = [{ variant_id: ((await shop.product({ title: 'Cased' })) as Any).variants[0].id, quantity: 2 }]
      // A condition without values holds of nothing.
      const { cart } = good(await shop.shopper.post('/store/carts', { ...shop.place, items, promo_codes: ['Case', 'CASE'] }))
      assert.deepEqual([cart.discount_total, cart.promotions.map((one: Any) => one.code)], [5, ['Case']])
      const set = async (application_method: object) =>
        (await shop.make(`/admin/promotions/${other.id}`, { application_method })).promotion.application_method
      // What divides one amount counts no pieces, also where it is told to; what counts them may be told to count all.
      assert.equal((await set({ allocation: 'across', max_quantity: 3 })).max_quantity, null)
      assert.equal((await set({ allocation: 'each', max_quantity: 3 })).max_quantity, 3)
      assert.equal((await set({ max_quantity: null })).max_quantity, null)
    })

    it('take a fixed amount without a currency off in every one', async () => {
      const { promotion } = await shop.make('/admin/promotions', body('ANY', {}, { currency_code: undefined, value: 2.345 }))
      const { currency_code, value } = promotion.application_method
      assert.deepEqual([currency_code, value], [null, 2.345])
      const items = [{ variant_id: ((await shop.product({ title: 'Cheap' })) as Any).variants[0].id, quantity: 1 }]
      const { cart } = good(await shop.shopper.post('/store/carts', { ...shop.place, items, promo_codes: ['ANY'] }))
      assert.deepEqual([cart.discount_total, cart.promotions[0].application_method.value], [2.35, 2.345], 'to the cent')
      const path = `/admin/promotions/${promotion.id}`
      const { promotion: changed } = await shop.make(path, { application_method: { allocation: 'across' } })
      assert.equal(changed.application_method.value, 2.345)
      const { promotion: dollars } = await shop.make(path, { application_method: { currency_code: 'usd', value: 3 } })
      assert.deepEqual([dollars.application_method.currency_code, dollars.application_method.value], ['usd', 3])
    })

    it('join one campaign, whose budget is in their currency', async () => {
      const campaign = async (campaign_identifier: string, currency_code: string) => {
        const budget = { type: 'spend', limit: 100, currency_code }
        return `/admin/campaigns/${(await shop.make('/admin/campaigns', { name: 'Joint', campaign_identifier, budget })).campaign.id}/promotions`
      }
      const [dollars, euros] = [await campaign('dollars', 'usd'), await campaign('euros', 'eur')]
      const { promotion } = await shop.make('/admin/promotions', body('JOINT'))
      const change = { add: [promotion.id] }
      assert.deepEqual(await refusal(euros, change), refused("Cannot add promotions to campaign where currency_code don't match."))
      await shop.make(dollars, change)
      const message = `Cannot add promotions (${promotion.id}) to campaign. These promotions are either already part of a campaign or not found.`
      assert.deepEqual(await refusal(dollars, change), [404, 'not_found', message])
      await shop.make(dollars, { remove: [promotion.id] })
      const inEuros = { campaign_id: euros.split('/')[3] as string }
      const other = `Currency code doesn't match for campaign (${inEuros.campaign_id}) and promotion (${promotion.id})`
      assert.deepEqual(await refusal(`/admin/promotions/${promotion.id}`, inEuros), refused(other))
      const born = { ...body('BORN'), ...inEuros }
      assert.deepEqual(await refusal('/admin/promotions', born), refused('Currency between promotion and campaigns should match'))
      await shop.make(dollars, change)
    })

    it('say what does not go together in Medusa’s words', async () => {
      const refusals: [object, string][] = [
        [body('A', {}, { type: 'percentage', value: 101 }), 'Application Method value should be a percentage number between 0 and 100'],
        [body('A', {}, { allocation: 'across' }), 'application_method.max_quantity is not allowed to be set for allocation (across)'],
        [body('A', { type: 'buyget' }), 'Invalid request: Buyget promotions require at least one buy rule and quantities to be defined'],
        [body('A', { is_automatic: true, limit: 3 }), 'Invalid request: Automatic promotions cannot have a usage limit'],
        [
          body('A', {}, { buy_rules: [{ attribute: 'product_id', operator: 'eq', values: 'x' }] }),
          "Can't add buy rules to a standard promotion",
        ],
      ]
      const buys = {
        apply_to_quantity: 1,
        buy_rules_min_quantity: 1,
        buy_rules: [{ attribute: 'product_id', operator: 'eq', values: 'x' }],
      }
      const spending = { name: 'Spending', campaign_identifier: 'spending', budget: { type: 'spend', limit: 5, currency_code: 'eur' } }
      const whole = { target_type: 'order', allocation: 'across', max_quantity: null, target_rules: buys.buy_rules }
      refusals.push(
        [
          body('A', {}, { allocation: undefined }),
          "application_method.allocation should be either 'across OR each OR once' when application_method.target_type is either 'shipping_methods OR items'",
        ],
        ...['each', 'once'].map((allocation): [object, string] => [
          body('A', {}, { allocation, max_quantity: null }),
          "application_method.max_quantity is required when application_method.allocation is 'each OR once'",
        ]),
        [
          body('A', { type: 'buyget' }, { ...buys, target_rules: buys.buy_rules, max_quantity: undefined }),
          'application_method.max_quantity is a required field for Promotion type of buyget',
        ],
        [body('A', { rules: [{ attribute: '', operator: 'eq', values: ['x'] }] }), 'rules[].attribute is a required field'],
        [body('A', { type: 'buyget' }, buys), 'Target rules are required for buyget promotion type'],
        [body('A', {}, whole), 'Target rules for application method with target type (order) is not allowed'],
        [body('A', { campaign: spending }), 'Currency between promotion and campaigns should match'],
      )
      for (const [wanted, message] of refusals) assert.deepEqual(await refusal('/admin/promotions', wanted), refused(message))
      const options = '/admin/promotions/rule-value-options'
      for (const [path, message] of [
        [`${options}/rules/mood`, 'Invalid rule attribute - mood'],
        [`${options}/moods/region`, 'Invalid param rule_type (moods)'],
        ['/admin/promotions/rule-attribute-options/moods', 'Invalid param rule_type (moods)'],
      ] as const) {
        const answer = await shop.admin.get(path)
        assert.deepEqual([answer.status, answer.body.type, answer.body.message], refused(message))
      }
    })
  })
})
