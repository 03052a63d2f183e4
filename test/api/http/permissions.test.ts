import assert from 'node:assert/strict'
import { revokeTokens, type TokenClaims, tokensOf } from '../../../src/access/index.js'
import { routes } from '../../../src/api/index.js'
import { checkRoute, type Route, route } from '../../../src/http/index.js'
import { systemClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { addPerson, addStaff, tokenOf } from '../../support/people.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const product = { title: 'A thing', options: [{ title: 'Kind', values: ['One'] }] }

describe('what one may do', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  const as = (token: string) => client(app(), { token })

  async function refused(who: Client, method: 'get' | 'post', path: string, permission: string) {
    const { status, body } = method === 'post' ? await who.post(path, product) : await who.get(path)
    assert.deepEqual([status, body], [403, { type: 'forbidden', message: `This needs the permission ${permission}` }], path)
  }

  it('is for a packer of a vendor to see and send orders, and nothing more', async () => {
    const packer = as(await addPerson(app(), store, 0, 'vendor_packer'))
    assert.equal((await packer.get('/vendor/orders')).status, 200)
    assert.equal((await packer.get('/vendor/inventory-levels')).status, 200)
    await refused(packer, 'post', '/vendor/products', 'products:write')
    await refused(packer, 'get', '/vendor/products', 'products:read')
    await refused(packer, 'get', '/vendor/imports', 'imports:read')
  })

  it('is for an owner of a vendor all of the vendor’s, and nothing of the store’s', async () => {
    const owner = as(await tokenOf(app(), store, 'member', store.vendors[0] as TestStore['vendors'][0]))
    assert.equal((await owner.post('/vendor/products', product)).status, 200)
    for (const path of ['/admin/products', '/admin/orders', '/platform/tenants']) assert.equal((await owner.get(path)).status, 401, path)
  })

  it('is for support to see, and not to write', async () => {
    const support = as(await addStaff(app(), store, 'store_support'))
    for (const path of ['/admin/products', '/admin/orders', '/admin/regions', '/admin/vendors'])
      assert.equal((await support.get(path)).status, 200, path)
    await refused(support, 'post', '/admin/products', 'products:write')
    await refused(support, 'post', '/admin/regions', 'settings:write')
    await refused(support, 'post', '/admin/api-keys', 'api_keys:write')
    await refused(support, 'post', '/admin/vendors', 'vendors:write')
    assert.equal((await support.get('/vendor/me')).status, 401)
    assert.equal((await support.get('/platform/tenants')).status, 401)
  })

  it('ends for staff of one vendor at that vendor', async () => {
    const [own, foreign] = store.vendors as [TestStore['vendors'][0], TestStore['vendors'][0]]
    const limited = as(await addStaff(app(), store, 'store_manager', own.id))
    const { products } = (await limited.get('/admin/products', { limit: 100 })).body
    assert.ok(products.length > 0)
    assert.deepEqual([...new Set(products.map((each: { vendor_id: string }) => each.vendor_id))], [own.id])
    const theirs = foreign.products[0]?.id as string
    assert.equal((await limited.get(`/admin/products/${theirs}`)).status, 404)
    assert.equal((await limited.post(`/admin/products/${theirs}`, { title: 'Mine now' })).status, 404)
    assert.equal((await limited.post('/admin/products', { ...product, vendor_id: foreign.id })).status, 404)
    // Refused alike whether something matches or not: a filter tells nothing of what may not be read.
    for (const filter of [{ 'id[$ne]': 'x' }, { 'id[$like]': 'nothing%' }] as Record<string, string>[])
      assert.equal((await limited.get('/admin/payments', filter)).status, 403)
    // Keys are the whole store's, whoever may see or make some.
    const owner = as(await addStaff(app(), store, 'store_owner', own.id))
    const { api_keys } = good(await store.admin.get('/admin/api-keys', { type: 'publishable' }))
    const path = `/admin/api-keys/${api_keys[0].id}`
    for (const who of [limited, owner]) {
      for (const keys of ['/admin/api-keys', path]) assert.equal((await who.get(keys)).status, 403, keys)
    }
    assert.equal((await owner.post('/admin/api-keys', { type: 'publishable', title: 'Mine' })).status, 403)
    for (const change of ['', '/revoke', '/sales-channels']) {
      assert.equal((await owner.post(`${path}${change}`, change === '' ? { title: 'Mine' } : {})).status, 403, change)
    }
    assert.equal((await owner.delete(path)).status, 403)
    const mine = own.products[0]?.id as string
    for (const [path, noun] of [
      ['/admin/collections', 'collection'],
      ['/admin/product-categories', 'product_category'],
    ] as const) {
      const name = noun === 'collection' ? { title: 'Of both' } : { name: 'Of both' }
      const { [noun]: group } = good(await store.admin.post(path, name))
      good(await store.admin.post(`${path}/${group.id}/products`, { add: [mine, theirs] }))
      const seenBy = async (who: Client) => {
        const { [noun]: seen } = good(await who.get(`${path}/${group.id}`, { fields: '*products' }))
        return seen.products.map((each: { id: string }) => each.id).sort()
      }
      assert.deepEqual(await seenBy(store.admin), [mine, theirs].sort())
      assert.deepEqual(await seenBy(limited), [mine], `${path} shows the drafts of other vendors`)
    }
  })

  it('is for a secret key what it was given', async () => {
    const made = await store.admin.post('/admin/api-keys', { type: 'secret', title: 'Reader', permissions: ['products:read'] })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    const reader = client(app(), { secretKey: made.body.api_key.token })
    assert.equal((await reader.get('/admin/products')).status, 200)
    await refused(reader, 'post', '/admin/products', 'products:write')
    await refused(reader, 'get', '/admin/regions', 'settings:read')
    assert.equal((await reader.get('/vendor/products')).status, 401, 'a store’s key has no vendor')
  })

  it('is nothing for a publishable key beyond the store front', async () => {
    assert.equal((await store.shopper.get('/admin/products')).status, 401)
    const asSecret = client(app(), { secretKey: store.publishableKey })
    assert.equal((await asSecret.get('/admin/products')).status, 401)
  })

  it('ends for a key that is revoked', async () => {
    const { body } = await store.admin.post('/admin/api-keys', { type: 'secret', title: 'Short-lived', permissions: ['products:read'] })
    const { body: shown } = await store.admin.post('/admin/api-keys', {
      type: 'publishable',
      title: 'Short-lived',
      sales_channel_ids: [store.salesChannelId],
    })
    const secret = client(app(), { secretKey: body.api_key.token })
    const publishable = client(app(), { publishableKey: shown.api_key.token })
    assert.deepEqual([(await secret.get('/admin/products')).status, (await publishable.get('/store/regions')).status], [200, 200])
    await asAdmin(app().adminUrl, 'update app.api_key set revoked_at = now() where tenant_id = $1 and id = any($2)', [
      store.tenantId,
      [body.api_key.id, shown.api_key.id],
    ])
    // As after the seconds for which every process believes what it knew.
    app().stoa.services.gatekeeper.forget()
    const refusedSecret = await secret.get('/admin/products')
    assert.ok([400, 401].includes(refusedSecret.status), String(refusedSecret.status))
    const refusedShown = await publishable.get('/store/regions')
    assert.deepEqual([refusedShown.status, refusedShown.body.type], [400, 'not_allowed'])
  })

  describe('with a token', () => {
    const secret = 'a secret for tests, of no use elsewhere'
    let token: string
    let claims: TokenClaims

    before(async () => {
      token = await tokenOf(app(), store, 'user', store.owner)
      const { iat: _iat, exp: _exp, iss: _iss, ...rest } = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
      claims = rest
    })

    const statusWith = async (given: string) => (await client(app(), { token: given, tenant: store.slug }).get('/admin/products')).status

    it('is what its bearer may, as long as it is good', async () => {
      assert.equal(await statusWith(await tokensOf(secret, 60).sign(claims)), 200)
    })

    it('is nothing once it is over, forged, changed, or of no algorithm', async () => {
      const [head, , signature] = token.split('.') as [string, string, string]
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const bad = {
        over: await tokensOf(secret, -10).sign(claims),
        forged: await tokensOf('another secret that is long enough', 60).sign(claims),
        changed: [head, encode({ ...claims, actor_type: 'operator' }), signature].join('.'),
        unsigned: `${encode({ alg: 'none' })}.${encode({ ...claims, iss: 'stoa', exp: 9_999_999_999 })}.`,
        nonsense: 'not.a.token',
      }
      for (const [name, each] of Object.entries(bad)) assert.equal(await statusWith(each), 401, name)
    })

    it('is nothing for another store’s person, or another kind of person, with the same id', async () => {
      const other = await createTestStore(app())
      const tokens = tokensOf(secret, 60)
      const elsewhere = await tokens.sign({ ...claims, tenant_id: other.publicId })
      assert.equal((await client(app(), { token: elsewhere }).get('/admin/products')).status, 401)
      const operator = await tokens.sign({ ...claims, actor_type: 'operator' })
      assert.equal((await client(app(), { token: operator }).get('/platform/tenants')).status, 401)
    })

    it('is nothing once its person’s tokens were revoked', async () => {
      assert.equal(await statusWith(token), 200)
      const context = { db: app().db, clock: systemClock, scope: store.scope, requestId: 'test', actorId: 'test' }
      await revokeTokens(context, claims.auth_identity_id)
      app().stoa.services.gatekeeper.forget()
      assert.equal(await statusWith(token), 401)
    })
  })

  describe('with routes', () => {
    const good = {
      surface: 'admin',
      method: 'GET',
      path: '/admin/things/:id',
      summary: 'A thing',
      access: 'products:read',
      ids: { id: 'product' },
      handle: async () => ({}),
    } as const

    it('is named by every one of them, or the process does not start', () => {
      for (const each of routes) checkRoute(each)
      checkRoute(route(good))
      const { access: _access, ...open } = good
      assert.throws(() => checkRoute(open as unknown as Route), /names no permission/)
      assert.throws(
        () => checkRoute({ ...good, access: 'things:admire' } as unknown as Route),
        /things:admire, which is not in the catalogue/,
      )
      assert.throws(() => checkRoute(route({ ...good, ids: {} })), /does not say what :id names/)
    })

    it('is public only where everybody may', () => {
      const open = routes.filter((each) => each.access === 'public' && !['auth', 'store'].includes(each.surface))
      // A dashboard looks at the flags before anybody signs in. Whoever is invited, or asks to sell, has no account yet: the token, or
      // the application's id, says who may.
      assert.deepEqual(
        open.map((each) => `${each.method} ${each.path}`),
        [
          'POST /vendor/applications',
          'GET /vendor/applications/:id',
          'POST /vendor/invites/accept',
          'GET /admin/feature-flags',
          'POST /admin/invites/accept',
          'GET /platform/domains/allow',
        ],
      )
    })
  })
})
