import assert from 'node:assert/strict'
import { type Demo, seedDemo } from '../../seeds/demo.js'
import type { Context } from '../../src/db/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { useApp } from '../support/app.js'
import { client } from '../support/client.js'
import { createTestStore, type TestStore } from '../support/store.js'

type Known = Pick<Demo, 'operator' | 'tenants'>

describe('the demo', () => {
  const app = useApp()
  let store: TestStore
  let context: Context
  let first: Known

  const seed = (known: Known | null) => seedDemo(context, { slugs: [store.slug], baseDomain: 'localhost', known })

  /** Which ways in are open: operator, staff, customer, a vendor's member, and the keys. */
  async function waysIn({ operator, tenants }: Known) {
    // What was looked up is believed for a while; this is about what is so.
    app().stoa.services.gatekeeper.forget()
    const [tenant] = tenants
    assert.ok(tenant !== undefined)
    const [vendor] = tenant.vendors
    assert.ok(vendor !== undefined)
    const signIn = async (actor: string, { email, password }: { email: string; password: string }, slug?: string) =>
      (await client(app(), slug === undefined ? {} : { tenant: slug }).post(`/auth/${actor}/emailpass`, { email, password })).status === 200
    return {
      operator: await signIn('operator', operator),
      staff: await signIn('user', tenant.staff, tenant.slug),
      customer: await signIn('customer', tenant.customer, tenant.slug),
      member: await signIn('member', vendor, tenant.slug),
      publishable: (await client(app(), { publishableKey: tenant.publishable_key }).get('/store/regions')).status === 200,
      secret: (await client(app(), { secretKey: tenant.secret_key }).get('/admin/products')).status === 200,
      vendorKey: (await client(app(), { token: vendor.api_key }).get('/vendor/products')).status === 200,
    }
  }

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    context = { db: app().db, clock: systemClock, scope: { role: 'platform' }, requestId: 'test', actorId: 'system' }
    first = await seed(null)
  })

  const open = { operator: true, staff: true, customer: true, member: true, publishable: true, secret: true, vendorKey: true }

  it('has a way in for everybody', async () => {
    assert.deepEqual(await waysIn(first), open)
    assert.equal(first.tenants[0]?.vendors.length, 2)
    assert.equal(first.tenants[0]?.host, `${store.slug}.localhost`)
  })

  it('stays as it is at the next start', async () => {
    assert.deepEqual(await seed(first), first)
    assert.deepEqual(await waysIn(first), open)
  })

  it('gives a vendor that has joined a way in, and leaves the others alone', async () => {
    const [tenant] = first.tenants
    const without: Known = { ...first, tenants: [{ ...(tenant as Demo['tenants'][0]), vendors: tenant?.vendors.slice(1) ?? [] }] }
    const after = await seed(without)
    assert.deepEqual(after.tenants[0]?.vendors[1], tenant?.vendors[1])
    assert.notEqual(after.tenants[0]?.vendors[0]?.api_key, tenant?.vendors[0]?.api_key)
    assert.deepEqual(after.tenants[0]?.staff, tenant?.staff)
    assert.deepEqual(await waysIn(after), open)
  })

  it('ends what it handed out when its file is lost, and hands out anew', async () => {
    const anew = await seed(null)
    assert.deepEqual(await waysIn(anew), open)
    const closed = { operator: false, staff: false, customer: false, member: false, publishable: true, secret: false, vendorKey: false }
    assert.deepEqual(await waysIn(first), closed)
  })

  it('takes a file of another database for none', async () => {
    const [tenant] = first.tenants
    const foreign: Known = { ...first, tenants: [{ ...(tenant as Demo['tenants'][0]), publishable_key: `pk_${'0'.repeat(64)}` }] }
    const anew = await seed(foreign)
    assert.notEqual(anew.tenants[0]?.secret_key, tenant?.secret_key)
    assert.deepEqual(await waysIn(anew), open)
  })
})
