import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { addPerson, addStaff, tokenOf } from '../../support/people.js'
import { readyCart } from '../../support/ready-cart.js'
import { codeIn } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const password = 'a long enough password'

describe('joining a store', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore
  let guest: Client

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    other = await createTestStore(app())
    guest = client(app(), { tenant: store.slug })
  })

  const refused = (answer: { status: number; body: { type: string; message: string } }) => [
    answer.status,
    answer.body.type,
    answer.body.message,
  ]

  describe('as a vendor', () => {
    let counter = 0
    const asked = (more: object = {}) => {
      counter += 1
      return { handle: `pottery-${counter}`, name: 'Pottery', email: `potter${counter}@clay.example`, ...more }
    }
    const apply = async (more: object = {}) => good(await guest.post('/vendor/applications', asked(more))).application

    it('asks, is approved, is invited by mail, and sells', async () => {
      const documents = [{ name: 'Trade licence', url: 'https://papers.example/licence.pdf' }]
      const address = { address_1: 'Kiln 1', city: 'Delft', country_code: 'NL' }
      const application = await apply({ first_name: 'Judith', phone: '+31 1', address, documents, message: 'Blue and white.' })
      assert.deepEqual([application.status, application.reason, application.decided_at], ['submitted', null, null])
      assert.equal(application.email, undefined, 'who has the id alone learns nothing of the person')

      const { vendors } = good(await store.admin.get('/admin/vendors', { status: 'pending' }))
      const [vendor] = vendors.filter((one: { id: string }) => one.id === application.vendor_id)
      assert.deepEqual(
        [vendor.application.first_name, vendor.application.documents, vendor.application.message],
        ['Judith', documents, 'Blue and white.'],
      )
      assert.equal(vendor.application.address.country_code, 'nl')
      const { notifications } = good(await store.admin.get('/admin/notifications', { channel: 'feed' }))
      assert.ok(notifications.some(({ data }: { data: { vendor_id?: string } }) => data.vendor_id === vendor.id))
      assert.equal((await store.admin.post(`/admin/vendors/${vendor.id}/resume`)).status, 400, 'resuming is no way round approval')

      const approved = good(await store.admin.post(`/admin/vendors/${vendor.id}/approve`)).vendor
      assert.deepEqual([approved.status, approved.application.status], ['active', 'approved'])
      await app().drain()
      const token = codeIn(app().mails, vendor.application.email)
      const { member } = good(await guest.post('/vendor/invites/accept', { token, password, first_name: 'Judith' }))
      assert.deepEqual([member.email, member.role], [vendor.application.email, 'vendor_owner'])
      const owner = client(app(), { token: await tokenOf(app(), store, 'member', { email: member.email, password }) })
      assert.equal(good(await owner.get('/vendor/me')).vendor.id, vendor.id)
      const { stock_locations } = good(await owner.get('/vendor/stock-locations'))
      assert.deepEqual(
        stock_locations.map(({ name, address: at }: { name: string; address: { city: string } }) => [name, at.city]),
        [['Pottery', 'Delft']],
      )
      const product = {
        title: 'Jug',
        options: [{ title: 'Size', values: ['S'] }],
        variants: [{ title: 'S', options: { Size: 'S' }, prices: [{ currency_code: 'usd', amount: 9 }] }],
      }
      good(await owner.post('/vendor/products', product))
      assert.equal(good(await guest.get(`/vendor/applications/${application.id}`)).application.status, 'approved')
    })

    it('is turned down with a reason, and may ask again for the same name', async () => {
      const request = asked()
      const application = good(await guest.post('/vendor/applications', request)).application
      assert.equal((await store.admin.post(`/admin/vendors/${application.vendor_id}/reject`, {})).status, 400)
      good(await store.admin.post(`/admin/vendors/${application.vendor_id}/reject`, { reason: 'No photographs yet.' }))
      await app().drain()
      const mail = app().mails.find(({ to }) => to === request.email)
      assert.match(mail?.text ?? '', /No photographs yet\./)
      const told = good(await guest.get(`/vendor/applications/${application.id}`)).application
      assert.deepEqual([told.status, told.reason], ['rejected', 'No photographs yet.'])
      assert.equal((await store.admin.post(`/admin/vendors/${application.vendor_id}/approve`)).status, 404)
      good(await guest.post('/vendor/applications', request))
    })

    it('is refused for what is taken, once for one person, and never changes what there is', async () => {
      const taken = await guest.post('/vendor/applications', asked({ handle: store.vendors[0]?.handle }))
      assert.equal(taken.status, 422)
      const first = asked()
      const answers = await Promise.all(
        [1, 2, 3].map((n) => guest.post('/vendor/applications', { ...first, handle: `${first.handle}-${n}` })),
      )
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422, 422])
      const left = await asAdmin(app().adminUrl, 'select id from app.vendor where tenant_id = $1 and email = $2', [
        store.tenantId,
        first.email,
      ])
      assert.equal(left.length, 1, 'a refused application leaves no vendor')
      const member = await guest.post('/vendor/applications', asked({ email: store.vendors[0]?.email }))
      assert.equal(member.status, 422)
      const hostile = await guest.post('/vendor/applications', asked({ documents: [{ name: 'x', url: 'javascript:alert(1)' }] }))
      assert.equal(hostile.status, 400)
    })

    it('is decided once, by who may, in its own store', async () => {
      const { vendor_id: id } = await apply()
      const support = client(app(), { token: await addStaff(app(), store, 'store_support') })
      assert.equal((await support.post(`/admin/vendors/${id}/approve`)).status, 403)
      assert.equal((await other.admin.post(`/admin/vendors/${id}/approve`)).status, 404)
      // Who sets vendors up makes their owners, without a right to the store's own keys.
      const manager = client(app(), { token: await addStaff(app(), store, 'store_manager') })
      const { vendor_id: another } = await apply()
      good(await manager.post(`/admin/vendors/${another}/approve`))
      const answers = await Promise.all([
        store.admin.post(`/admin/vendors/${id}/approve`),
        store.admin.post(`/admin/vendors/${id}/approve`),
        store.admin.post(`/admin/vendors/${id}/reject`, { reason: 'No.' }),
      ])
      assert.equal(answers.filter(({ status }) => status === 200).length, 1, JSON.stringify(answers.map(({ body }) => body)))
    })

    it('does not leave while its orders wait for it', async () => {
      const [vendor] = store.vendors
      const items = [{ variant_id: vendor?.products[0]?.variantIds[0] as string, quantity: 1 }]
      good(await store.shopper.post(`/store/carts/${await readyCart(store, { items })}/complete`))
      const early = await store.admin.post(`/admin/vendors/${vendor?.id}/terminate`)
      assert.equal(early.status, 400)
      assert.match(early.body.message, /^The vendor has 1 order to pack, deliver or cancel\. Suspend it/)
      assert.equal(good(await store.admin.get(`/admin/vendors/${vendor?.id}`)).vendor.status, 'active')
    })

    it('is approved whatever another vendor says of who applied, or staff have made them before', async () => {
      const first = await apply({ email: 'wanted@clay.example' })
      const rival = client(app(), { token: await tokenOf(app(), store, 'member', store.vendors[1] as TestStore['vendors'][number]) })
      good(await rival.post('/vendor/invites', { email: 'wanted@clay.example', role: 'vendor_packer' }))
      good(await store.admin.post(`/admin/vendors/${first.vendor_id}/approve`))
      const second = await apply({ email: 'early@clay.example' })
      good(await store.admin.post(`/admin/vendors/${second.vendor_id}/members`, { email: 'early@clay.example' }))
      good(await store.admin.post(`/admin/vendors/${second.vendor_id}/approve`))
      await app().drain()
      assert.ok(!app().mails.some(({ to }) => to === 'early@clay.example'), 'who is a member already is not invited')
    })

    it('leaves for good once its orders are done', async () => {
      const { id } = good(await store.admin.post('/admin/vendors', { handle: 'leaver', name: 'Leaver' })).vendor
      const { member, password: secret } = good(await store.admin.post(`/admin/vendors/${id}/members`, { email: 'last@leaver.example' }))
      const leaver = client(app(), { token: await tokenOf(app(), store, 'member', { email: member.email, password: secret }) })
      good(await leaver.post('/vendor/invites', { email: 'next@leaver.example' }))
      await app().drain()
      good(await store.admin.post(`/admin/vendors/${id}/terminate`))
      assert.equal((await leaver.get('/vendor/me')).status, 401)
      const token = codeIn(app().mails, 'next@leaver.example')
      assert.equal((await guest.post('/vendor/invites/accept', { token, password })).status, 401)
      good(await guest.post('/vendor/applications', asked({ email: 'last@leaver.example' })))
      assert.deepEqual(refused(await store.admin.post(`/admin/vendors/${id}/resume`)), [
        400,
        'not_allowed',
        'The vendor has left the store for good',
      ])
      const house = good(await store.admin.get('/admin/vendors')).vendors.find((one: { is_house: boolean }) => one.is_house)
      assert.equal((await store.admin.post(`/admin/vendors/${house.id}/terminate`)).status, 400)
    })
  })

  describe("as one of a vendor's team", () => {
    let owner: Client
    let packer: Client
    let neighbour: Client

    before(async () => {
      neighbour = client(app(), { token: await addPerson(app(), store, 1, 'vendor_owner') })
      owner = client(app(), { token: await addPerson(app(), store, 0, 'vendor_owner') })
      packer = client(app(), { token: await addPerson(app(), store, 0, 'vendor_packer') })
    })

    async function invited(email: string, role?: string): Promise<{ id: string; token: string }> {
      const { invite } = good(await owner.post('/vendor/invites', role === undefined ? { email } : { email, role }))
      await app().drain()
      return { id: invite.id, token: codeIn(app().mails, email) }
    }

    it('joins by the token that was mailed, once, in the role that was meant', async () => {
      const { token } = await invited('ada@team.example', 'vendor_packer')
      assert.equal((await client(app(), { tenant: other.slug }).post('/vendor/invites/accept', { token, password })).status, 401)
      assert.equal((await guest.post('/admin/invites/accept', { token, password })).status, 401, 'a place in a team is none on the staff')
      const answers = await Promise.all([1, 2, 3].map(() => guest.post('/vendor/invites/accept', { token, password })))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401, 401])
      const ada = client(app(), { token: await tokenOf(app(), store, 'member', { email: 'ada@team.example', password }) })
      assert.ok(Array.isArray(good(await ada.get('/vendor/orders')).orders))
      assert.equal((await ada.get('/vendor/members')).status, 403)
      assert.ok(
        good(await owner.get('/vendor/members')).members.some(
          (one: { email: string; role: string }) => one.email === 'ada@team.example' && one.role === 'vendor_packer',
        ),
      )
    })

    it('is invited anew and taken back; staff of the store see nothing of it among their own', async () => {
      const first = await invited('bob@team.example')
      good(await owner.post(`/vendor/invites/${first.id}/resend`))
      await app().drain()
      assert.equal((await guest.post('/vendor/invites/accept', { token: first.token, password })).status, 401)
      const { invites, count } = good(await owner.get('/vendor/invites'))
      assert.ok(count >= 1 && invites.some((one: { id: string }) => one.id === first.id))
      assert.equal(good(await store.admin.get('/admin/invites')).count, 0)
      assert.equal((await store.admin.delete(`/admin/invites/${first.id}`)).status, 404)
      assert.equal((await neighbour.post(`/vendor/invites/${first.id}/resend`)).status, 400)
      assert.equal((await store.vendor(0).post('/vendor/invites', { email: 'key@team.example' })).status, 403, 'a key invites nobody')
      good(await owner.delete(`/vendor/invites/${first.id}`))
      const last = app().mails.filter(({ to }) => to === 'bob@team.example')
      assert.equal((await guest.post('/vendor/invites/accept', { token: codeIn(last, 'bob@team.example'), password })).status, 401)
    })

    it('gives nobody what its inviter lacks', async () => {
      assert.equal((await packer.post('/vendor/invites', { email: 'up@team.example' })).status, 403)
      const permissions = ['team:write', 'team:read', 'orders:read']
      good(await store.admin.post('/admin/roles', { name: 'recruiter', scope: 'vendor', permissions }))
      good(await guest.post('/vendor/invites/accept', { token: (await invited('rex@team.example', 'recruiter')).token, password }))
      const rex = client(app(), { token: await tokenOf(app(), store, 'member', { email: 'rex@team.example', password }) })
      const [status, type] = refused(await rex.post('/vendor/invites', { email: 'more@team.example', role: 'vendor_owner' }))
      assert.deepEqual([status, type], [403, 'forbidden'])
      good(await rex.post('/vendor/invites', { email: 'more@team.example', role: 'recruiter' }))
      const { members } = good(await rex.get('/vendor/members'))
      const [boss] = members.filter((one: { role: string }) => one.role === 'vendor_owner')
      assert.equal((await rex.delete(`/vendor/members/${boss.id}`)).status, 403, 'nor takes from others what they lack')
      assert.equal((await rex.post(`/vendor/members/${boss.id}`, { role: 'recruiter' })).status, 403)
      const tenantRole = await owner.post('/vendor/invites', { email: 'staff@team.example', role: 'store_owner' })
      assert.deepEqual([tenantRole.status, tenantRole.body.message], [404, 'Role with name: store_owner was not found'])
    })

    it('changes roles and removes people, whose tokens end; somebody always remains who may', async () => {
      const second = neighbour
      const { members } = good(await second.get('/vendor/members'))
      const me = members.find((one: { email: string }) => one.email.startsWith('vendor_owner'))
      const others = members.filter((one: { id: string }) => one.id !== me.id)
      const leaver = client(app(), { token: await addPerson(app(), store, 1, 'vendor_packer') })
      assert.equal((await leaver.get('/vendor/orders')).status, 200)
      const packers = good(await second.get('/vendor/members')).members.filter((one: { role: string }) => one.role === 'vendor_packer')
      good(await second.delete(`/vendor/members/${packers[0].id}`))
      assert.equal((await leaver.get('/vendor/orders')).status, 401)
      assert.equal((await owner.delete(`/vendor/members/${me.id}`)).status, 404, 'nobody of another vendor')
      for (const one of others) good(await second.post(`/vendor/members/${one.id}`, { role: 'vendor_packer' }))
      assert.deepEqual(refused(await second.delete(`/vendor/members/${me.id}`)), [400, 'not_allowed', 'A member cannot remove themselves'])
      assert.deepEqual(refused(await second.post(`/vendor/members/${me.id}`, { role: 'vendor_packer' })), [
        400,
        'not_allowed',
        'Somebody must remain who may change the team',
      ])
      const { roles } = good(await second.get('/vendor/roles'))
      assert.ok(roles.every(({ name }: { name: string }) => !name.startsWith('store_')))
    })
  })
})
