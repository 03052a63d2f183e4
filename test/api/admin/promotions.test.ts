import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('promotions and campaigns of a store', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  const method = { type: 'percentage', target_type: 'items', allocation: 'each', max_quantity: 5, value: 12.5 }
  const stampsOf = ({ created_at, updated_at }: { created_at: string; updated_at: string }) => ({
    created_at,
    updated_at,
    deleted_at: null,
  })
  const create = (body: object) => store.admin.post('/admin/promotions', { type: 'standard', application_method: method, ...body })

  it('are made, read, changed and ended', async () => {
    const rule = { attribute: 'currency_code', operator: 'eq', values: 'usd' }
    const { promotion } = good(await create({ code: 'ONE', rules: [rule], limit: 10 }))
    assert.match(promotion.id, /^promo_/)
    const { status, used, limit, is_automatic, funder, vendor_id, campaign } = promotion
    assert.equal(promotion.application_method.promotion_id, promotion.id)
    assert.deepEqual(
      { status, used, limit, is_automatic, funder, vendor_id, campaign },
      { status: 'draft', used: 0, limit: 10, is_automatic: false, funder: 'store', vendor_id: null, campaign: null },
    )
    assert.equal(promotion.application_method.value, 12.5)
    assert.equal(promotion.application_method.allocation, 'each')
    assert.deepEqual(
      promotion.rules.map(({ id: _id, ...rest }: { id: string }) => rest),
      [{ description: null, attribute: 'currency_code', operator: 'eq', values: [{ value: 'usd' }], ...stampsOf(promotion) }],
    )
    assert.deepEqual(good(await store.admin.get(`/admin/promotions/${promotion.id}`)).promotion, promotion)
    const { promotion: changed } = good(
      await store.admin.post(`/admin/promotions/${promotion.id}`, {
        status: 'active',
        application_method: { type: 'fixed', value: 3, currency_code: 'usd', target_type: 'order' },
      }),
    )
    assert.equal(changed.status, 'active')
    assert.deepEqual(
      [changed.application_method.type, changed.application_method.value, changed.application_method.allocation],
      ['fixed', 3, 'each'],
    )
    assert.deepEqual(
      good(await store.admin.get('/admin/promotions', { q: 'on', status: 'active' })).promotions.map((one: { code: string }) => one.code),
      ['ONE'],
    )
    assert.deepEqual(good(await store.admin.delete(`/admin/promotions/${promotion.id}`)), {
      id: promotion.id,
      object: 'promotion',
      deleted: true,
    })
    assert.equal((await store.admin.get(`/admin/promotions/${promotion.id}`)).status, 404)
    good(await create({ code: 'ONE' }))
    const twice = await create({ code: 'ONE' })
    assert.deepEqual([twice.status, twice.body.type], [400, 'invalid_data'])
    assert.equal(twice.body.message, 'Promotion with code: ONE, already exists.')
  })

  it('are refused where they make no sense', async () => {
    const fixed = { type: 'fixed', target_type: 'items', allocation: 'each', max_quantity: 1, value: 5, currency_code: 'usd' }
    const rule = (attribute: string, values: string[] = ['x']) => [{ attribute, operator: 'in', values }]
    const refused: [string, object][] = [
      ['more than all', { application_method: { ...method, value: 100.5 } }],
      ['nothing at all', { application_method: { ...method, value: 0 } }],
      ['pieces of one amount', { application_method: { ...fixed, allocation: 'across', max_quantity: 1 } }],
      ['buy X get Y without X', { type: 'buyget', application_method: { ...method, apply_to_quantity: 1, buy_rules_min_quantity: 1 } }],
      ['a fraction of a cent', { application_method: { ...fixed, value: 0.001 } }],
      [
        'fewer pieces than come at once',
        {
          type: 'buyget',
          application_method: {
            ...method,
            apply_to_quantity: 2,
            buy_rules_min_quantity: 1,
            max_quantity: 1,
            buy_rules: rule('items.product.id'),
          },
        },
      ],
      ['a total that is no number', { rules: [{ attribute: 'item_total', operator: 'gte', values: ['much'] }] }],
      ['two campaigns', { campaign_id: 'procamp_1', campaign: { name: 'A', campaign_identifier: 'a' } }],
      ['somebody else to pay', { funder: 'platform' }],
    ]
    for (const [what, body] of refused) {
      const answer = await create({ code: 'BAD', ...body })
      assert.equal(answer.status, 400, `${what}: ${JSON.stringify(answer.body)}`)
    }
    assert.equal((await create({ code: 'BAD', vendor_id: 'vend_nobody' })).status, 404)
    assert.equal((await create({ code: 'BAD', campaign_id: 'procamp_nobody' })).status, 404)
    assert.equal(good(await store.admin.get('/admin/promotions', { code: 'BAD' })).count, 0)
  })

  it('are refused in the words that Medusa’s clients know', async () => {
    const rule = [{ attribute: 'items.product.id', operator: 'eq', values: ['prod_1'] }]
    const buyget = { ...method, allocation: 'each', apply_to_quantity: 2, buy_rules_min_quantity: 1, max_quantity: 2, buy_rules: rule }
    const { promotion } = good(await create({ code: 'WORDS' }))
    const { campaign } = good(await store.admin.post('/admin/campaigns', { name: 'Words', campaign_identifier: 'words' }))
    const into = (add: string[], remove: string[] = []) => store.admin.post(`/admin/campaigns/${campaign.id}/promotions`, { add, remove })
    const rules = (kind: string, body: object) => store.admin.post(`/admin/promotions/${promotion.id}/${kind}/batch`, body)
    good(await into([promotion.id]))
    const unfit = 'These promotions are either already part of a campaign or not found.'
    const answers: [Awaited<ReturnType<typeof create>>, number, string][] = [
      [
        await create({ code: 'A', type: 'buyget', application_method: method }),
        400,
        'Invalid request: Buyget promotions require at least one buy rule and quantities to be defined',
      ],
      [await create({ code: 'A', type: 'buyget', application_method: buyget }), 400, 'Target rules are required for buyget promotion type'],
      [
        await create({ code: 'A', type: 'buyget', application_method: { ...buyget, target_rules: rule, max_quantity: 1 } }),
        400,
        'max_quantity (1) must be greater than or equal to apply_to_quantity (2) for BUYGET promotions.',
      ],
      [
        await create({ code: 'A', application_method: { ...method, value: 101 } }),
        400,
        'Application Method value should be a percentage number between 0 and 100',
      ],
      [
        await create({ code: 'A', application_method: { ...method, target_type: 'order', target_rules: rule } }),
        400,
        'Target rules for application method with target type (order) is not allowed',
      ],
      [
        await create({ code: 'A', application_method: { ...method, target_type: 'order', allocation: 'once' } }),
        400,
        "application_method.allocation 'once' is not compatible with target_type 'order'",
      ],
      [await create({ code: 'A', campaign_id: 'procamp_none' }), 404, 'Could not find campaign with id - procamp_none'],
      [
        await store.admin.post(`/admin/promotions/${promotion.id}`, { campaign_id: 'procamp_none' }),
        400,
        'Could not find campaign with id procamp_none',
      ],
      [await rules('buy-rules', { create: rule }), 400, "Can't add buy rules to a standard promotion"],
      [await rules('rules', { update: [{ id: 'prorul_1', values: ['x'] }] }), 400, 'Promotion rules with id - prorul_1 not found'],
      [await into([promotion.id]), 404, `Cannot add promotions (${promotion.id}) to campaign. ${unfit}`],
      [await into(['promo_none']), 404, `Cannot add promotions (promo_none) to campaign. ${unfit}`],
      [await into([], ['promo_none']), 404, 'Promotions with ids (promo_none) not found.'],
    ]
    for (const [answer, status, message] of answers) assert.deepEqual([answer.status, answer.body.message], [status, message])
  })

  it('have rules that are added, changed and removed together or not at all', async () => {
    const { promotion } = good(await create({ code: 'RULES' }))
    const path = `/admin/promotions/${promotion.id}/target-rules/batch`
    const { created } = good(
      await store.admin.post(path, { create: [{ attribute: 'items.product.id', operator: 'in', values: ['prod_1', 'prod_2'] }] }),
    )
    assert.equal(created.length, 1)
    const again = await store.admin.post(path, { delete: [created[0].id, 'prorul_nothing'] })
    assert.equal(again.status, 404)
    const { updated } = good(await store.admin.post(path, { update: [{ id: created[0].id, values: ['prod_3'] }] }))
    assert.deepEqual(updated[0].values, [{ value: 'prod_3' }])
    const { deleted } = good(await store.admin.post(path, { delete: [created[0].id] }))
    assert.deepEqual(deleted, { ids: [created[0].id], object: 'promotion-rule', deleted: true })
    const found = good(await store.admin.get(`/admin/promotions/${promotion.id}`)).promotion
    assert.deepEqual(found.application_method.target_rules, [])
    const misplaced = await store.admin.post(`/admin/promotions/${promotion.id}/buy-rules/batch`, {
      create: [{ attribute: 'items.product.id', operator: 'in', values: ['a'] }],
    })
    assert.equal(misplaced.status, 400)
  })

  it('are told what rules can ask for', async () => {
    const { attributes } = good(await store.admin.get('/admin/promotions/rule-attribute-options/rules'))
    assert.ok(attributes.some((one: { value: string }) => one.value === 'customer.groups.id'))
    const targets = good(
      await store.admin.get('/admin/promotions/rule-attribute-options/target-rules', {
        application_method_target_type: 'shipping_methods',
      }),
    )
    assert.ok(targets.attributes.every((one: { value: string }) => one.value.startsWith('shipping_methods.')))
    const nothing = await store.admin.get('/admin/promotions/rule-attribute-options/nothing')
    assert.deepEqual([nothing.status, nothing.body.message], [400, 'Invalid param rule_type (nothing)'])
  })

  it('are in no currency that nobody knows, whatever they take off', async () => {
    const refused = await create({ code: 'NOWHERE', application_method: { ...method, currency_code: 'zzz' } })
    assert.deepEqual([refused.status, refused.body.message], [400, 'Currency with code: zzz is not known'])
  })

  it('share a campaign, its dates and its budget', async () => {
    const body = {
      name: 'Spring',
      campaign_identifier: 'spring',
      starts_at: '2026-03-01T00:00:00Z',
      ends_at: '2026-06-01T00:00:00Z',
      budget: { type: 'spend', currency_code: 'usd', limit: 99.5 },
    }
    const { campaign } = good(await store.admin.post('/admin/campaigns', body))
    assert.match(campaign.id, /^procamp_/)
    const budget = { type: 'spend', currency_code: 'usd', attribute: null, limit: 99.5, used: 0 }
    assert.deepEqual({ ...campaign.budget, id: '' }, { id: '', campaign_id: campaign.id, ...budget, ...stampsOf(campaign) })
    const { promotion } = good(await create({ code: 'SPRING', application_method: { ...method, currency_code: 'usd' } }))
    good(await store.admin.post(`/admin/campaigns/${campaign.id}/promotions`, { add: [promotion.id] }))
    const joined = good(await store.admin.get(`/admin/promotions/${promotion.id}`)).promotion
    assert.equal(joined.campaign_id, campaign.id)
    assert.equal(joined.campaign.budget.limit, 99.5)
    good(await store.admin.post(`/admin/promotions/${promotion.id}`, { status: 'active' }))
    assert.equal((await store.admin.post(`/admin/campaigns/${campaign.id}`, { ends_at: '2026-02-01T00:00:00Z' })).status, 400)
    const { campaign: changed } = good(
      await store.admin.post(`/admin/campaigns/${campaign.id}`, { name: 'Early spring', budget: { limit: 10 } }),
    )
    assert.deepEqual([changed.name, changed.budget.limit], ['Early spring', 10])
    assert.equal((await store.admin.post('/admin/campaigns', { ...body, name: 'Again' })).status, 400)
    assert.equal(
      (await store.admin.post('/admin/campaigns', { ...body, campaign_identifier: 'x', budget: { type: 'spend', limit: 1 } })).status,
      400,
    )
    good(await store.admin.delete(`/admin/campaigns/${campaign.id}`))
    const left = good(await store.admin.get(`/admin/promotions/${promotion.id}`)).promotion
    assert.deepEqual([left.status, left.campaign], ['inactive', null])
  })

  it('are paid for by a vendor that is named', async () => {
    const vendor_id = store.vendors[0]?.id as string
    const { promotion } = good(await create({ code: 'STALL', vendor_id }))
    assert.deepEqual([promotion.funder, promotion.vendor_id], ['vendor', vendor_id])
    assert.deepEqual(
      good(await store.admin.get('/admin/promotions', { vendor_id })).promotions.map((one: { code: string }) => one.code),
      ['STALL'],
    )
  })
})
