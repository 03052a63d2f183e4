import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: keys and people', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  const post = async (path: string, body: unknown = {}) => {
    const answer = await store.admin.post(path, body)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  it('shows the token of a secret key once, and ends the key at once', async () => {
    const { api_key: key } = await post('/admin/api-keys', { title: 'Robot', type: 'secret' })
    assert.match(key.token, /^sk_[0-9a-f]{64}$/)
    const robot = client(app(), { secretKey: key.token, tenant: store.slug })
    assert.equal((await robot.get('/admin/orders')).status, 200)
    const { body } = await store.admin.get(`/admin/api-keys/${key.id}`)
    assert.deepEqual([body.api_key.token, body.api_key.redacted], ['', `${key.token.slice(0, 6)}***${key.token.slice(-3)}`])
    assert.ok(!JSON.stringify(body).includes(key.token))
    const { api_key: revoked } = await post(`/admin/api-keys/${key.id}/revoke`)
    assert.ok(revoked.revoked_at !== null && revoked.revoked_by !== null)
    assert.equal((await robot.get('/admin/orders')).status, 401)
    const twice = await store.admin.post(`/admin/api-keys/${key.id}/revoke`)
    assert.deepEqual([twice.status, twice.body.message], [400, 'There are 1 secret keys that are already revoked.'])
    const opening = await store.admin.post(`/admin/api-keys/${key.id}/sales-channels`, { add: [store.salesChannelId] })
    const message = 'Sales channels can only be associated with publishable API keys'
    assert.deepEqual([opening.status, opening.body], [400, { type: 'invalid_data', message }])
    const unknown = await store.admin.get('/admin/api-keys/apk_none')
    assert.deepEqual([unknown.status, unknown.body.message], [404, 'API Key with id: apk_none was not found'])
  })

  it('opens only sales channels that there are', async () => {
    const { api_key: key } = await post('/admin/api-keys', { title: 'Shop', type: 'publishable' })
    const { status, body } = await store.admin.post(`/admin/api-keys/${key.id}/sales-channels`, { add: ['sc_one', 'sc_two'] })
    assert.deepEqual([status, body], [400, { type: 'invalid_data', message: 'Sales channels with IDs sc_one, sc_two do not exist' }])
    await post(`/admin/api-keys/${key.id}/revoke`)
    await post(`/admin/api-keys/${key.id}/revoke`)
  })

  it('lets a key run out later, and a later word never lengthens it', async () => {
    const { api_key: key } = await post('/admin/api-keys', { title: 'Leaving', type: 'secret' })
    const { api_key: soon } = await post(`/admin/api-keys/${key.id}/revoke`, { revoke_in: 60 })
    const { api_key: again } = await post(`/admin/api-keys/${key.id}/revoke`, { revoke_in: 3600 })
    assert.equal(again.revoked_at, soon.revoked_at)
    assert.equal((await client(app(), { secretKey: key.token }).get('/admin/orders')).status, 200)
  })

  it('gives a key what is asked for, and nobody more than they have', async () => {
    const { api_key: key } = await post('/admin/api-keys', {
      title: 'Reader',
      type: 'secret',
      permissions: ['orders:read', 'api_keys:write'],
    })
    const reader = client(app(), { secretKey: key.token })
    assert.equal((await reader.get('/admin/orders')).status, 200)
    assert.equal((await reader.get('/admin/products')).status, 403)
    const more = await reader.post('/admin/api-keys', { title: 'More', type: 'secret', permissions: ['products:write'] })
    assert.deepEqual([more.status, more.body.type], [403, 'forbidden'])
    const same = await reader.post('/admin/api-keys', { title: 'Same', type: 'secret' })
    assert.deepEqual(
      same.body.api_key?.permissions.sort(),
      ['api_keys:write', 'orders:read'],
      'all that its maker may, when none are named',
    )
  })

  it('knows who is signed in, and lists the staff with their roles', async () => {
    const signedIn = await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner)
    const owner = client(app(), { token: signedIn.body.token })
    const me = await owner.get('/admin/users/me')
    assert.equal(me.body.user.email, store.owner.email)
    const { body } = await owner.get('/admin/users', { email: store.owner.email })
    assert.deepEqual(
      body.users.map((user: { roles: string[] }) => user.roles),
      [['store_owner']],
    )
    assert.equal((await store.admin.get('/admin/users/me')).status, 401, 'a key is nobody')
  })

  it('creates a vendor that can sign in, and closes and opens it', async () => {
    const { vendor } = await post('/admin/vendors', {
      handle: 'weaver',
      name: 'Weaver',
      email: 'Shop@Weaver.example',
      location: { name: 'Loft', address: { country_code: 'US' } },
    })
    assert.deepEqual([vendor.status, vendor.email], ['active', 'shop@weaver.example'])
    const { member, password } = await post(`/admin/vendors/${vendor.id}/members`, { email: 'ann@weaver.example', first_name: 'Ann' })
    assert.equal(member.vendor_id, vendor.id)
    const shopFront = client(app(), { tenant: store.slug })
    const { body: signedIn } = await shopFront.post('/auth/member/emailpass', { email: 'ann@weaver.example', password })
    const ann = client(app(), { token: signedIn.token })
    assert.equal((await ann.get('/vendor/me')).body.vendor.handle, 'weaver')
    const { body: people } = await store.admin.get(`/admin/vendors/${vendor.id}/members`)
    assert.deepEqual(
      people.members.map((row: { email: string }) => row.email),
      ['ann@weaver.example'],
    )
    assert.ok(!JSON.stringify(people).includes('password'))
    assert.equal((await post(`/admin/vendors/${vendor.id}/suspend`)).vendor.status, 'suspended')
    assert.equal((await ann.get('/vendor/me')).status, 403)
    assert.equal((await post(`/admin/vendors/${vendor.id}/resume`)).vendor.status, 'active')
    assert.equal((await ann.get('/vendor/me')).status, 200)
    const { vendor: changed } = await post(`/admin/vendors/${vendor.id}`, { name: 'The weaver', phone: null })
    assert.deepEqual([changed.name, changed.handle], ['The weaver', 'weaver'])
  })

  it("shows a member of staff for one vendor only what is that vendor's", async () => {
    const [mine, other] = store.vendors as [TestStore['vendors'][0], TestStore['vendors'][0]]
    await asAdmin(
      app().adminUrl,
      `insert into app.role (tenant_id, id, name, scope, permissions) values ($1, 'role_buyer', 'buyer', 'tenant', $2)`,
      [
        store.tenantId,
        [
          'products:read',
          'products:write',
          'inventory:read',
          'inventory:write',
          'shipping:read',
          'shipping:write',
          'orders:read',
          'payments:capture',
        ],
      ],
    )
    await asAdmin(
      app().adminUrl,
      `update app.role_grant set role_id = 'role_buyer', vendor_id = $2 where tenant_id = $1 and subject_type = 'user'`,
      [store.tenantId, mine.id],
    )
    const { body: signedIn } = await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner)
    app().stoa.services.gatekeeper.forget()
    const buyer = client(app(), { token: signedIn.token })
    for (const [path, plural] of [
      ['/admin/products', 'products'],
      ['/admin/stock-locations', 'stock_locations'],
      ['/admin/shipping-options', 'shipping_options'],
      ['/admin/shipping-profiles', 'shipping_profiles'],
      ['/admin/inventory-items', 'inventory_items'],
    ] as const) {
      const { status, body } = await buyer.get(path)
      const vendorIds = new Set(body[plural]?.map((row: { vendor_id: string }) => row.vendor_id))
      assert.deepEqual([status, [...vendorIds]], [200, [mine.id]], path)
    }
    const theirs = other.products[0]?.id
    const kind = { options: [{ title: 'Kind', values: ['One'] }] }
    assert.equal((await buyer.get(`/admin/products/${theirs}`)).status, 404)
    assert.equal((await buyer.post(`/admin/products/${theirs}`, { title: 'Mine' })).status, 404)
    assert.equal((await buyer.delete(`/admin/products/${theirs}`)).status, 404)
    assert.equal((await buyer.post('/admin/products', { title: 'Mine', ...kind, vendor_id: other.id })).status, 404)
    assert.equal((await buyer.post('/admin/products', { title: "The house's", ...kind })).status, 400)
    assert.equal((await buyer.post(`/admin/stock-locations/${other.locationId}`, { name: 'Mine' })).status, 404)
    assert.equal((await buyer.delete(`/admin/shipping-options/${other.shippingOptionId}`)).status, 404)
    assert.equal((await buyer.post('/admin/products', { title: 'Mine', ...kind, vendor_id: mine.id })).status, 200)
    assert.equal((await buyer.get('/admin/vendor-orders')).status, 200)
    assert.equal((await buyer.get('/admin/orders')).status, 403, 'a whole order is of several vendors')
    assert.equal((await buyer.post('/admin/payments/pay_any/capture')).status, 403)
  })
})
