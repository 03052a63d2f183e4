import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

// What a dashboard shows of conditions: which there are, what they are met by, and what a promotion's say.

describe('conditions of promotions, as Medusa’s dashboard shows them', () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
  })

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const get = async (path: string, query: Record<string, string> = {}): Promise<any> =>
    good(await shop.admin.get(`/admin/promotions/${path}`, query))
  const promote = async (code: string, more: object, method: object = {}) => {
    const usual = { type: 'fixed', target_type: 'items', allocation: 'each', currency_code: 'usd', value: 5, max_quantity: 2 }
    const body = { code, type: 'standard', ...more, application_method: { ...usual, ...method } }
    return (await shop.make('/admin/promotions', body)).promotion
  }

  it('offer the currency among them, which a fixed amount must have', async () => {
    const currency = async (application_method_type: string) => {
      const { attributes } = await get('rule-attribute-options/rules', { application_method_type })
      return attributes.find((one: { id: string }) => one.id === 'currency_code')
    }
    assert.deepEqual(await currency('fixed'), {
      id: 'currency_code',
      value: 'currency_code',
      label: 'Currency Code',
      field_type: 'select',
      required: true,
      disguised: true,
      hydrate: true,
      operators: [{ id: 'eq', value: 'eq', label: 'Equals' }],
    })
    assert.equal((await currency('percentage')).required, false)
  })

  it('offer how many pieces are bought and come free, of what buys one and gets another', async () => {
    const last = async (kind: string, promotion_type: string) =>
      (await get(`rule-attribute-options/${kind}`, { promotion_type })).attributes.at(-1).id
    assert.equal(await last('buy-rules', 'buyget'), 'buy_rules_min_quantity')
    assert.equal(await last('target-rules', 'buyget'), 'apply_to_quantity')
    assert.notEqual(await last('target-rules', 'standard'), 'apply_to_quantity')
  })

  it('are met by countries and currencies, too, found by what they are called', async () => {
    const france = { values: [{ value: 'fr', label: 'France' }], count: 1, offset: 0, limit: 100 }
    assert.deepEqual(await get('rule-value-options/rules/country', { q: 'FRANCE' }), france)
    assert.deepEqual((await get('rule-value-options/rules/currency_code', { value: 'usd' })).values, [{ value: 'usd', label: 'US Dollar' }])
    const page = await get('rule-value-options/rules/country', { limit: '2', offset: '1' })
    assert.deepEqual([page.values.map(({ value }: { value: string }) => value), page.count > 200], [['ae', 'af'], true])
    const unknown = await shop.admin.get('/admin/promotions/rule-value-options/rules/weather')
    assert.deepEqual([unknown.status, unknown.body.message], [400, 'Invalid rule attribute - weather'])
  })

  it('say what they and their values are called, and what stands among them besides', async () => {
    const rules = [
      { attribute: 'region.id', operator: 'in', values: [shop.regionId, 'reg_gone'] },
      { attribute: 'weather', operator: 'ne', values: ['rain'] },
    ]
    const promotion = await promote('NAMED', { rules })
    const { rules: shown } = await get(`${promotion.id}/rules`)
    const said = shown.map((rule: { attribute_label: string; operator_label: string; values: object[] }) => [
      rule.attribute_label,
      rule.operator_label,
      rule.values,
    ])
    assert.deepEqual(said, [
      ['Currency Code', 'Equals', [{ value: 'usd', label: 'US Dollar' }]],
      [
        'Region',
        'In',
        [
          { value: shop.regionId, label: 'US' },
          { value: 'reg_gone', label: 'reg_gone' },
        ],
      ],
      ['weather', 'Not In', [{ value: 'rain', label: 'rain' }]],
    ])
    assert.equal(shown[1].id, promotion.rules[0].id)
  })

  it('go with what is bought when a promotion becomes a standard one', async () => {
    const rule = [{ attribute: 'items.product.id', operator: 'eq', values: ['prod_1'] }]
    const counts = { apply_to_quantity: 1, buy_rules_min_quantity: 2, buy_rules: rule, target_rules: rule }
    const promotion = await promote('BOTH', { type: 'buyget' }, counts)
    const [, bought] = (await get(`${promotion.id}/buy-rules`)).rules.map((one: { attribute: string }) => one.attribute)
    assert.equal(bought, 'items.product.id')
    const { promotion: after } = await shop.make(`/admin/promotions/${promotion.id}`, { type: 'standard', additional_data: {} })
    assert.deepEqual([after.type, after.application_method.buy_rules], ['standard', []])
    const back = await shop.admin.post(`/admin/promotions/${promotion.id}`, { type: 'buyget' })
    assert.equal(back.status, 400)
  })
})
