import assert from 'node:assert/strict'
import { adminClient, refused, type Sdk } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { promote } from '../../support/promotions.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// biome-ignore lint/suspicious/noExplicitAny: what Stoa adds is in none of the client's types
type Wire = any

describe("edits of a draft order, with Medusa's own client", function () {
  this.timeout(30_000)
  const app = useApp()
  let store: TestStore
  let drafts: Sdk['admin']['draftOrder']
  let variants: string[]
  let draft: Wire

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, stock: 20 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    drafts = adminClient(app(), store).admin.draftOrder
    await promote(store, { code: 'TENTH' })
  })
  beforeEach(async () => {
    const items = [{ variant_id: variants[0] as string, quantity: 2 }]
    const shipping_methods = [{ shipping_option_id: store.vendors[0]?.shippingOptionId as string }]
    draft = (await drafts.create({ region_id: store.regionId, email: 'grace@example.com', items, shipping_methods })).draft_order
  })

  const kept = async (): Promise<Wire> => (await drafts.retrieve(draft.id)).draft_order
  const linesOf = (order: Wire) => order.items.map((item: Wire) => [item.title, item.quantity, item.unit_price])
  const begin = async () => ((await drafts.beginEdit(draft.id)) as Wire).draft_order_preview

  it('show what they would come to, and do nothing before they are confirmed', async () => {
    const begun = await begin()
    assert.deepEqual([begun.order_change.status, begun.order_change.actions, begun.total], ['pending', [], 25])
    const items = [
      { variant_id: variants[1] as string, quantity: 1, unit_price: 3, internal_note: 'as agreed' },
      { title: 'Wrapping', quantity: 2, unit_price: 1.5 },
    ]
    const { draft_order_preview: added } = (await drafts.addItems(draft.id, { items })) as Wire
    assert.deepEqual(linesOf(added), [
      ['Thing 1.1', 2, 10],
      ['Thing 2.1', 1, 3],
      ['Wrapping', 2, 1.5],
    ])
    assert.deepEqual([added.total, added.summary.current_order_total, added.summary.original_order_total], [31, 31, 25])
    const { product_title, refundable_total, refundable_total_per_unit, fulfilled_total } = added.items[2]
    assert.deepEqual([product_title, refundable_total, refundable_total_per_unit, fulfilled_total], [null, 3, 1.5, 0])
    assert.deepEqual([added.order_change.version, added.order_change.return_id, added.items[1].actions[0].order_id], [2, null, draft.id])
    assert.deepEqual(
      added.items.map((item: Wire) => item.actions.map((action: Wire) => [action.action, action.internal_note])),
      [[], [['ITEM_ADD', 'as agreed']], [['ITEM_ADD', null]]],
    )
    const read = async (path: string, query?: Record<string, string>) =>
      good(await store.admin.get(`/admin/orders/${draft.id}/${path}`, query))
    const { order: preview } = await read('preview')
    assert.deepEqual([linesOf(preview), preview.order_change], [linesOf(added), added.order_change], "where Medusa's dashboard reads it")
    const [{ variant, product_id }] = preview.items
    const [{ detail, id: method }] = preview.shipping_methods
    assert.deepEqual([variant.product.id, detail.shipping_method_id, detail.return_id], [product_id, method, null])
    assert.deepEqual((await read('changes', { change_type: 'edit' })).order_changes, [added.order_change])
    assert.deepEqual((await read('changes', { change_type: 'transfer' })).order_changes, [])
    assert.deepEqual([linesOf(await kept()), (await kept()).total], [[['Thing 1.1', 2, 10]], 25], 'nothing of it is done')
    const { draft_order_preview: requested } = (await drafts.requestEdit(draft.id)) as Wire
    assert.equal(requested.order_change.status, 'requested')
    const { draft_order_preview: confirmed } = (await drafts.confirmEdit(draft.id)) as Wire
    assert.equal(confirmed.total, 31)
    const done = await kept()
    assert.deepEqual([linesOf(done), done.total], [linesOf(added), 31])
    assert.deepEqual(
      done.items.map((item: Wire) => item.id),
      added.items.map((item: Wire) => item.id),
      'what was shown is what is kept',
    )
    assert.equal((await refused(drafts.confirmEdit(draft.id))).message, 'An active Order Change is required to proceed')
    assert.deepEqual([linesOf((await read('preview')).order), (await read('changes')).order_changes], [linesOf(done), []])
  })

  it('change and remove lines, those of the draft and those that they add', async () => {
    await begin()
    const own = draft.items[0].id
    const { draft_order_preview: fewer } = (await drafts.updateItem(draft.id, own, { quantity: 1, unit_price: 8 })) as Wire
    assert.deepEqual(linesOf(fewer), [['Thing 1.1', 1, 8]])
    const told = ({ order_change: { actions } }: Wire) => {
      const { reference, amount, details } = actions.at(-1)
      return [reference, amount, details.unit_price, details.quantity_diff]
    }
    assert.deepEqual(told(fewer), [null, -12, 8, -1], 'what it makes less, and how many pieces')
    const { draft_order_preview: again } = (await drafts.updateItem(draft.id, own, { quantity: 4 })) as Wire
    assert.deepEqual([linesOf(again), again.order_change.actions.length], [[['Thing 1.1', 4, 8]], 1], 'one step for one line')
    const { draft_order_preview: priced } = (await drafts.updateItem(draft.id, own, { quantity: 4, unit_price: null })) as Wire
    assert.deepEqual(linesOf(priced), [['Thing 1.1', 4, 10]], 'at the price that it has')
    const { draft_order_preview: added } = (await drafts.addItems(draft.id, {
      items: [{ variant_id: variants[1] as string, quantity: 1 }],
    })) as Wire
    const step = added.order_change.actions.at(-1).id
    const { draft_order_preview: more } = (await drafts.updateActionItem(draft.id, step, { quantity: 3, unit_price: 2.5 })) as Wire
    assert.deepEqual(
      [linesOf(more)[1], told(more)],
      [
        ['Thing 2.1', 3, 2.5],
        [null, 7.5, 2.5, undefined],
      ],
    )
    const { draft_order_preview: less } = (await drafts.removeActionItem(draft.id, step)) as Wire
    assert.deepEqual(linesOf(less), [['Thing 1.1', 4, 10]])
    const { draft_order_preview: none } = (await drafts.updateItem(draft.id, own, { quantity: 0 })) as Wire
    assert.deepEqual([none.items, none.shipping_methods, none.total], [[], [], 0], 'and its shipping goes with the last line')
    await drafts.confirmEdit(draft.id)
    assert.deepEqual((await kept()).items, [])
  })

  it('add and remove promotions', async () => {
    await begin()
    const { draft_order_preview: less } = (await drafts.addPromotions(draft.id, { promo_codes: ['TENTH'] })) as Wire
    assert.deepEqual([less.discount_total, less.total], [2, 23])
    assert.equal((await refused(drafts.addPromotions(draft.id, { promo_codes: ['NOPE'] }))).message, 'Promotion code "NOPE" not found')
    await drafts.confirmEdit(draft.id)
    assert.equal((await kept()).total, 23)
    await begin()
    const { draft_order_preview: more } = (await drafts.removePromotions(draft.id, { promo_codes: ['TENTH'] })) as Wire
    assert.deepEqual([more.discount_total, more.total], [0, 25])
    await drafts.cancelEdit(draft.id)
    assert.equal((await kept()).total, 23)
  })

  it('choose shipping, at its price or at another one that stays', async () => {
    await begin()
    const shipping_option_id = store.vendors[0]?.shippingOptionId as string
    const { draft_order_preview: dear } = (await drafts.addShippingMethod(draft.id, {
      shipping_option_id,
      custom_amount: 12,
      description: 'by hand',
    })) as Wire
    assert.deepEqual([dear.shipping_total, dear.shipping_methods.length, dear.shipping_methods[0].description], [12, 1, 'by hand'])
    const step = dear.order_change.actions[0].id
    const { draft_order_preview: free } = (await drafts.updateActionShippingMethod(draft.id, step, {
      shipping_option_id,
      custom_amount: 0,
    })) as Wire
    assert.equal(free.shipping_total, 0)
    await drafts.confirmEdit(draft.id)
    assert.equal((await kept()).shipping_total, 0)
    await drafts.update(draft.id, { metadata: { later: true } })
    assert.equal((await kept()).shipping_total, 0, 'a later change does not price it anew')
    await begin()
    const [method] = (await kept()).shipping_methods
    const { draft_order_preview: usual } = (await drafts.updateShippingMethod(draft.id, method.id, { custom_amount: 4.5 })) as Wire
    assert.deepEqual([usual.shipping_total, usual.shipping_methods[0].id], [4.5, method.id])
    const { draft_order_preview: none } = (await drafts.removeShippingMethod(draft.id, method.id)) as Wire
    assert.deepEqual(none.shipping_methods, [])
    assert.equal(
      (await refused(drafts.removeShippingMethod(draft.id, 'casm_none'))).message,
      'Shipping method with id: casm_none was not found',
    )
    const { draft_order_preview: back } = (await drafts.addShippingMethod(draft.id, { shipping_option_id })) as Wire
    assert.equal(back.shipping_total, 5)
    const { draft_order_preview: left } = (await drafts.removeActionShippingMethod(draft.id, back.order_change.actions.at(-1).id)) as Wire
    assert.deepEqual(left.shipping_methods, [])
    await drafts.cancelEdit(draft.id)
    const { order } = (await drafts.convertToOrder(draft.id)) as Wire
    assert.deepEqual([order.shipping_total, order.total], [0, 20])
  })

  it('take an option that the store does not show to shoppers', async () => {
    const { shipping_option: option } = good(
      await store.admin.post(`/admin/shipping-options/${store.vendors[1]?.shippingOptionId}`, {
        rules: [{ attribute: 'enabled_in_store', operator: 'eq', value: 'false' }],
      }),
    )
    await begin()
    await drafts.addItems(draft.id, { items: [{ variant_id: variants[1] as string, quantity: 1 }] })
    const { draft_order_preview: shown } = (await drafts.addShippingMethod(draft.id, { shipping_option_id: option.id })) as Wire
    assert.equal(shown.shipping_methods.length, 2)
  })

  it('keep nothing of what cannot be done', async () => {
    const { order_change: edit } = await begin()
    const why = async (work: Promise<unknown>) => (await refused(work)).message
    assert.match(await why(drafts.addItems(draft.id, { items: [{ variant_id: 'variant_none', quantity: 1 }] })), /do not exist/)
    assert.equal(
      await why(drafts.addItems(draft.id, { items: [{ variant_id: variants[0] as string, quantity: 19 }] })),
      'Some variant does not have the required inventory',
    )
    assert.equal(await why(drafts.updateItem(draft.id, 'cali_none', { quantity: 1 })), 'Line item with id: cali_none was not found')
    assert.equal(
      await why(drafts.updateActionItem(draft.id, 'ordchact_none', { quantity: 1 })),
      `No request to add item for order ${draft.id} in order change ${edit.id}`,
    )
    assert.equal(
      await why(drafts.removeActionItem(draft.id, 'ordchact_none')),
      `No item found for order ${draft.id} in order change ${edit.id}`,
    )
    assert.equal(
      await why(drafts.removeActionShippingMethod(draft.id, 'ordchact_none')),
      `No shipping method found for order ${draft.id} in order change ${edit.id}`,
    )
    assert.equal(
      await why(drafts.addItems(draft.id, { items: [{ quantity: 1, unit_price: 1 }] })),
      'Invalid request: Items must have either a variant_id or a title',
    )
    assert.equal(
      await why(drafts.removePromotions(draft.id, { promo_codes: ['NOPE', 'NEITHER'] })),
      'Promotion codes "NOPE", "NEITHER" not found',
    )
    const resting = { type: 'standard', application_method: { type: 'fixed', target_type: 'order', value: 1, currency_code: 'usd' } }
    good(await store.admin.post('/admin/promotions', { ...resting, code: 'RESTING', status: 'draft' }))
    assert.equal(await why(drafts.addPromotions(draft.id, { promo_codes: ['RESTING'] })), 'Promotion code "RESTING" is not active')
    assert.equal(await why(drafts.removeShippingMethod(draft.id, 'casm_none')), 'Shipping method with id: casm_none was not found')
    assert.equal(await why(drafts.addShippingMethod(draft.id, { shipping_option_id: 'so_none' })), 'Shipping Options are invalid for cart.')
    assert.deepEqual(((await drafts.requestEdit(draft.id)) as Wire).draft_order_preview.order_change.actions, [])
  })

  it('are one at a time, and keep the draft from becoming an order', async () => {
    const begun = await Promise.allSettled(Array.from({ length: 4 }, () => drafts.beginEdit(draft.id)))
    assert.equal(begun.filter(({ status }) => status === 'fulfilled').length, 1)
    const second = await refused(drafts.beginEdit(draft.id))
    assert.deepEqual([second.status, second.message], [400, `Order (${draft.id}) already has an existing active order change`])
    const early = await refused(drafts.convertToOrder(draft.id))
    assert.deepEqual([early.status, early.message], [400, 'The draft order is being edited: confirm or cancel that edit first'])
    assert.deepEqual(await drafts.cancelEdit(draft.id), { id: draft.id, object: 'draft-order-edit', deleted: true })
    assert.equal(
      (await refused(drafts.addItems(draft.id, { items: [{ title: 'Air', quantity: 1, unit_price: 1 }] }))).message,
      'An active Order Change is required to proceed',
    )
    assert.equal((await drafts.convertToOrder(draft.id)).order.id, draft.id)
    assert.equal((await refused(drafts.beginEdit(draft.id))).message, `Order ${draft.id} is not a draft order`)
  })

  it('lose no step of several members of staff at once', async () => {
    await begin()
    const items = Array.from({ length: 5 }, (_one, index) => ({ title: `Piece ${index}`, quantity: 1, unit_price: index + 1 }))
    await Promise.all(items.map((item) => drafts.addItems(draft.id, { items: [item] })))
    await drafts.confirmEdit(draft.id)
    const done = await kept()
    assert.deepEqual([done.items.length, done.item_total], [6, 35])
  })
})
