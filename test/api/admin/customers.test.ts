import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { addStaff } from '../../support/people.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: customers', () => {
  const app = useApp()
  let store: TestStore
  let count = 0

  before(async () => {
    store = await createTestStore(app())
  })

  const post = async (path: string, body: unknown = {}) => {
    const answer = await store.admin.post(path, body)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const enter = async (more: object = {}) => {
    count += 1
    return (await post('/admin/customers', { email: `entered-${count}@example.com`, first_name: `Name${count}`, ...more })).customer
  }

  it('are entered, changed, found and removed', async () => {
    const made = await enter({ company_name: 'Lovelace Ltd', metadata: { since: 1843 } })
    assert.deepEqual([made.has_account, made.addresses, made.metadata], [false, [], { since: 1843 }])
    assert.match(made.created_by, /^apk_/)
    const changed = await post(`/admin/customers/${made.id}`, { email: `moved-${count}@example.com`, phone: '1', company_name: null })
    assert.deepEqual(
      [changed.customer.email, changed.customer.phone, changed.customer.company_name],
      [`moved-${count}@example.com`, '1', null],
    )
    for (const query of [{ q: `moved-${count}` }, { email: `moved-${count}@example.com` }, { id: made.id }] as Record<string, string>[]) {
      const { body } = await store.admin.get('/admin/customers', query)
      assert.deepEqual(
        [body.customers.map((one: { id: string }) => one.id), body.count, body.limit],
        [[made.id], 1, 50],
        JSON.stringify(query),
      )
    }
    const gone = await store.admin.delete(`/admin/customers/${made.id}`)
    assert.deepEqual(gone.body, { id: made.id, object: 'customer', deleted: true })
    assert.equal((await store.admin.get(`/admin/customers/${made.id}`)).status, 404)
    assert.equal((await store.admin.delete(`/admin/customers/${made.id}`)).status, 404)
  })

  it('of one e-mail are entered once, and told from those with an account', async () => {
    const made = await enter()
    const again = await store.admin.post('/admin/customers', { email: made.email })
    assert.deepEqual([again.status, again.body.type], [400, 'invalid_data'])
    const other = await enter()
    assert.equal((await store.admin.post(`/admin/customers/${other.id}`, { email: made.email })).status, 400)
    const shopper = await signUp(app(), store, made.email)
    const { body } = await store.admin.get('/admin/customers', { email: made.email, has_account: 'true' })
    assert.deepEqual(
      body.customers.map((one: { id: string }) => one.id),
      [shopper.id],
    )
  })

  it('have addresses that staff keep for them', async () => {
    const made = await enter()
    const path = `/admin/customers/${made.id}/addresses`
    const { customer } = await post(path, { city: 'London', country_code: 'gb', is_default_billing: true })
    const id = customer.addresses[0].id as string
    assert.equal((await post(`${path}/${id}`, { city: 'Ockham' })).customer.addresses[0].city, 'Ockham')
    assert.equal((await store.admin.get(`${path}/${id}`)).body.address.is_default_billing, true)
    const listed = await store.admin.get(path, { city: 'Ockham' })
    assert.deepEqual([listed.body.addresses.length, listed.body.count], [1, 1])
    const stranger = await enter()
    for (const wrong of [`/admin/customers/${stranger.id}/addresses/${id}`, `/admin/customers/cus_none/addresses`]) {
      assert.equal((await store.admin.get(wrong)).status, 404, wrong)
    }
    const gone = await store.admin.delete(`${path}/${id}`)
    assert.deepEqual([gone.body.id, gone.body.object, gone.body.deleted, gone.body.parent.addresses], [id, 'customer_address', true, []])
  })

  it('are put into groups from either side, and taken out', async () => {
    const [a, b] = [await enter(), await enter()]
    const { customer_group: group } = await post('/admin/customer-groups', { name: 'Wholesale', metadata: { discount: 5 } })
    assert.match(group.id, /^cusgroup_/)
    const filled = await post(`/admin/customer-groups/${group.id}/customers`, { add: [a.id, b.id] })
    assert.deepEqual(
      filled.customer_group.customers.map((one: { id: string }) => one.id),
      [a.id, b.id],
    )
    assert.equal((await post(`/admin/customer-groups/${group.id}/customers`, { add: [a.id] })).customer_group.customers.length, 2, 'again')
    const found = await store.admin.get('/admin/customers', { groups: group.id })
    assert.equal(found.body.count, 2)
    const left = await store.admin.post(`/admin/customers/${a.id}/customer-groups?fields=%2Bgroups`, { remove: [group.id] })
    assert.deepEqual(left.body.customer.groups, [])
    const back = await store.admin.post(`/admin/customers/${a.id}/customer-groups?fields=*groups`, { add: [group.id] })
    assert.deepEqual(
      back.body.customer.groups.map((one: { name: string }) => one.name),
      ['Wholesale'],
    )
    assert.equal((await store.admin.post(`/admin/customer-groups/${group.id}/customers`, { add: ['cus_none'] })).status, 404)
    assert.equal((await store.admin.post(`/admin/customers/${a.id}/customer-groups`, { add: ['cusgroup_none'] })).status, 404)
  })

  it('have groups with one name each', async () => {
    const { customer_group: group } = await post('/admin/customer-groups', { name: 'Friends' })
    const again = await store.admin.post('/admin/customer-groups', { name: 'Friends' })
    assert.deepEqual([again.status, again.body.type], [400, 'invalid_data'])
    const renamed = await post(`/admin/customer-groups/${group.id}`, { name: 'Old friends' })
    assert.equal(renamed.customer_group.name, 'Old friends')
    assert.equal((await store.admin.get('/admin/customer-groups', { name: 'Old friends' })).body.count, 1)
    const gone = await store.admin.delete(`/admin/customer-groups/${group.id}`)
    assert.deepEqual(gone.body, { id: group.id, object: 'customer_group', deleted: true })
    assert.equal((await store.admin.get(`/admin/customer-groups/${group.id}`)).status, 404)
    await post('/admin/customer-groups', { name: 'Old friends' })
  })

  it('are seen by support, changed by managers, and by nobody of a single vendor', async () => {
    const made = await enter()
    const support = client(app(), { token: await addStaff(app(), store, 'store_support') })
    assert.equal((await support.get(`/admin/customers/${made.id}`)).status, 200)
    assert.equal((await support.post(`/admin/customers/${made.id}`, { phone: '1' })).status, 403)
    const manager = client(app(), { token: await addStaff(app(), store, 'store_manager') })
    assert.equal((await manager.post(`/admin/customers/${made.id}`, { phone: '2' })).status, 200)
    const limited = client(app(), { token: await addStaff(app(), store, 'store_manager', store.vendors[0]?.id as string) })
    for (const path of [
      '/admin/customers',
      `/admin/customers/${made.id}`,
      `/admin/customers/${made.id}/addresses`,
      '/admin/customer-groups',
    ]) {
      assert.equal((await limited.get(path)).status, 403, path)
    }
    assert.equal((await limited.post(`/admin/customers/${made.id}`, { phone: '3' })).status, 403)
    assert.equal((await store.vendor(0).get('/admin/customers')).status, 401)
    assert.equal((await store.admin.get(`/admin/customers/${made.id}`)).body.customer.phone, '2')
  })
})
