import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { imageSize } from 'image-size'
import { writeWhole } from '../../../src/files/write.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { askPage } from '../../support/pages.js'
import { codeIn } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** A black PNG, whose head may say another size than its body has. */
function png(width: number, height: number, rows = height): Buffer {
  const chunk = (type: string, bytes: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), bytes])
    const framed = Buffer.alloc(named.length + 8)
    framed.writeUInt32BE(bytes.length, 0)
    named.copy(framed, 4)
    framed.writeUInt32BE(crc32(named), named.length + 4)
    return framed
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  const body = deflateSync(Buffer.alloc((width * 3 + 1) * rows))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))])
}

describe('admin API: staff and pictures', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app())
  })

  const post = async (path: string, body: unknown = {}) => good(await store.admin.post(path, body))

  describe('roles of its own', () => {
    const rolesOf = async (q: string) => good(await store.admin.get('/admin/roles', { q })).roles

    it('are changed for everybody who has them, and removed once nobody has', async () => {
      const { role } = await post('/admin/roles', { name: 'clerk', permissions: ['products:read'] })
      const { invite } = await post('/admin/invites', { email: 'clerk@staff.example', role_id: role.id })
      const waiting = await store.admin.delete(`/admin/roles/${role.id}`)
      assert.deepEqual(
        [waiting.status, waiting.body.message],
        [400, 'clerk is the role of 1 person, with those who are invited: give them another, then remove it'],
      )
      const guest = client(app(), { tenant: store.slug })
      const secret = 'a long enough password'
      const { user } = good(await guest.post('/admin/invites/accept', { token: invite.token, password: secret }))
      const { token } = good(await guest.post('/auth/user/emailpass', { email: 'clerk@staff.example', password: secret }))
      const clerk = client(app(), { token })
      assert.equal((await clerk.get('/admin/customers')).status, 403)
      await post(`/admin/roles/${role.id}`, { name: 'greeter', permissions: ['customers:read'] })
      assert.deepEqual([(await clerk.get('/admin/customers')).status, (await clerk.get('/admin/products')).status], [200, 403])
      await post(`/admin/users/${user.id}`, { roles: [(await rolesOf('store_support'))[0].id] })
      good(await store.admin.delete(`/admin/roles/${role.id}`))
      assert.deepEqual(await rolesOf('greeter'), [])
    })

    it('never give more than their changer has, nor touch what every store has, nor leave nobody in charge', async () => {
      const [owner] = await rolesOf('store_owner')
      for (const change of [{ name: 'boss' }, { permissions: ['orders:read'] }])
        assert.equal((await store.admin.post(`/admin/roles/${owner.id}`, change)).status, 400)
      assert.equal((await store.admin.delete(`/admin/roles/${owner.id}`)).status, 400)
      const { role } = await post('/admin/roles', { name: 'lead', permissions: ['staff:write', 'products:read'] })
      const { api_key } = await post('/admin/api-keys', { title: 'Limited', type: 'secret', permissions: ['staff:write', 'products:read'] })
      const limited = client(app(), { secretKey: api_key.token })
      assert.equal((await limited.post(`/admin/roles/${role.id}`, { permissions: ['orders:write'] })).status, 403)
      good(await limited.post(`/admin/roles/${role.id}`, { permissions: ['products:read'] }))
      await post(`/admin/roles/${role.id}`, { permissions: ['staff:write', 'orders:write'] })
      assert.equal((await limited.post(`/admin/roles/${role.id}`, { permissions: ['products:read'] })).status, 403, 'nor takes it')
      assert.equal((await limited.delete(`/admin/roles/${role.id}`)).status, 403)
      assert.equal((await store.admin.post(`/admin/roles/${role.id}`, { permissions: ['team:write'] })).status, 400)
      const { vendor } = await post('/admin/vendors', { handle: 'one-head', name: 'One Head' })
      const { member } = await post(`/admin/vendors/${vendor.id}/members`, { email: 'head@one.example' })
      const { role: captain } = await post('/admin/roles', { name: 'captain', scope: 'vendor', permissions: ['team:write', 'team:read'] })
      await asAdmin(app().adminUrl, 'update app.role_grant set role_id = $1 where tenant_id = $2 and subject_id = $3', [
        captain.id,
        store.tenantId,
        member.id,
      ])
      const headless = await store.admin.post(`/admin/roles/${captain.id}`, { permissions: ['team:read'] })
      assert.deepEqual([headless.status, headless.body.message], [400, 'Somebody of One Head must remain who may change its team'])
      assert.equal((await store.admin.post(`/admin/roles/${role.id}`, { name: 'store_owner' })).status, 422)
    })
  })

  describe('staff', () => {
    const roleId = async (name: string) => good(await store.admin.get('/admin/roles', { q: name })).roles[0].id as string

    async function invited(email: string): Promise<{ id: string; token: string }> {
      const { invite } = await post('/admin/invites', { email, role_id: await roleId('store_support') })
      assert.equal(invite.accepted, false)
      await app().drain()
      return { id: invite.id, token: codeIn(app().mails, email) }
    }

    const guest = () => client(app(), { tenant: store.slug })
    const password = 'a long enough password'

    it('is made an owner, by naming a role or by naming none, only by who is one', async () => {
      const permissions = ['settings:read', 'staff:write']
      const { api_key } = await post('/admin/api-keys', { title: 'Staff', type: 'secret', permissions })
      const clerk = client(app(), { secretKey: api_key.token })
      for (const role of [{}, { role_id: await roleId('store_owner') }]) {
        const answer = await clerk.post('/admin/invites', { email: 'more@staff.example', ...role })
        assert.deepEqual([answer.status, answer.body.type], [403, 'forbidden'])
      }
      assert.equal(good(await store.admin.get('/admin/invites', { email: 'more@staff.example' })).count, 0)
    })

    it('joins by the token that was mailed, once, and signs in', async () => {
      const { token } = await invited('ada@staff.example')
      assert.equal((await guest().post('/admin/invites/accept', { token: 'wrong', password })).status, 401)
      const answers = await Promise.all([1, 2, 3].map(() => guest().post('/admin/invites/accept', { token, password, first_name: 'Ada' })))
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 401, 401])
      const signedIn = good(await guest().post('/auth/user/emailpass', { email: 'ada@staff.example', password }))
      const ada = client(app(), { token: signedIn.token })
      assert.deepEqual(good(await ada.get('/admin/users/me')).user.roles, ['store_support'])
      assert.equal((await ada.post('/admin/product-tags', { value: 'no' })).status, 403)
      const { user } = good(await ada.get('/admin/users/me'))
      good(await store.admin.post(`/admin/users/${user.id}`, { last_name: 'Lovelace', roles: ['store_manager'] }))
      good(await ada.post('/admin/product-tags', { value: 'yes now' }))
      good(await store.admin.delete(`/admin/users/${user.id}`))
      assert.equal((await ada.get('/admin/users/me')).status, 401, 'the token ends with the sign-in')
      assert.equal((await guest().post('/auth/user/emailpass', { email: 'ada@staff.example', password })).status, 401)
    })

    it('joins as with Medusa’s client: a sign-in first, then the invitation with its token', async () => {
      const { invite } = await post('/admin/invites', { email: 'grace@staff.example', role_id: await roleId('store_support') })
      const { invites } = good(await store.admin.get('/admin/invites', { email: 'grace@staff.example' }))
      assert.equal(invites[0].token, invite.token)
      const credentials = { email: 'grace@staff.example', password }
      const early = good(await guest().post('/auth/user/emailpass/register', credentials))
      const half = client(app(), { token: early.token })
      assert.equal((await half.get('/admin/users/me')).status, 401)
      assert.equal((await half.get('/admin/orders')).status, 401)
      const accept = (token: string, by = half) =>
        by.post(`/admin/invites/accept?token=${token}`, { ...credentials, password: undefined, first_name: 'Grace' })
      assert.equal((await accept('wrong')).status, 401)
      assert.equal((await accept(invite.token, guest())).status, 401)
      const { user } = good(await accept(invite.token))
      assert.deepEqual([user.email, user.first_name, user.roles], ['grace@staff.example', 'Grace', ['store_support']])
      assert.match((await accept(invite.token)).body.message, /already authenticated/)
      const grace = client(app(), { token: good(await guest().post('/auth/user/emailpass', credentials)).token })
      assert.equal(good(await grace.get('/admin/users/me')).user.id, user.id)
    })

    it('keeps no address from whom it was invited, by registering it first', async () => {
      const stranger = { email: 'owner-to-be@staff.example', password: 'a password of somebody else' }
      good(await guest().post('/auth/user/emailpass/register', stranger))
      const { token } = await invited(stranger.email)
      good(await guest().post('/admin/invites/accept', { token, password }))
      assert.equal((await guest().post('/auth/user/emailpass', stranger)).status, 401)
      good(await guest().post('/auth/user/emailpass', { email: stranger.email, password }))
    })

    it('is invited anew with another token, or no longer', async () => {
      const { id, token } = await invited('bob@staff.example')
      await post(`/admin/invites/${id}/resend`)
      await app().drain()
      const second = codeIn(app().mails, 'bob@staff.example')
      assert.notEqual(second, token)
      assert.equal((await guest().post('/admin/invites/accept', { token, password })).status, 401)
      good(await store.admin.delete(`/admin/invites/${id}`))
      const again = await store.admin.post(`/admin/invites/${id}/resend`)
      const message = `The following invites do not exist: ${id}`
      assert.deepEqual([again.status, again.body], [400, { type: 'invalid_data', message }])
      const known = await store.admin.post('/admin/invites', { email: store.owner.email })
      assert.equal(known.body.message, `User account for following email(s) already exist: ${store.owner.email}`)
      assert.equal((await guest().post('/admin/invites/accept', { token: second, password })).status, 401)
      assert.equal((await store.admin.post('/admin/invites', { email: 'bob@staff.example', role_id: 'role_unknown' })).status, 404)
    })

    it('grants no more than it has itself', async () => {
      const { api_key } = await post('/admin/api-keys', {
        title: 'People only',
        type: 'secret',
        permissions: ['staff:write', 'products:read'],
      })
      const limited = client(app(), { secretKey: api_key.token })
      await post('/admin/invites', { email: 'owner-two@staff.example' })
      const { invites } = good(await limited.get('/admin/invites', { email: 'owner-two@staff.example' }))
      assert.equal(invites[0].token, null, 'nor does it read the token of who gets more')
      assert.equal((await limited.post('/admin/roles', { name: 'Too much', permissions: ['products:write'] })).status, 403)
      assert.equal((await limited.post('/admin/invites', { email: 'eve@staff.example', role_id: await roleId('store_owner') })).status, 403)
      const owner = good(await store.admin.get('/admin/users', { email: store.owner.email })).users[0]
      assert.equal((await limited.post(`/admin/users/${owner.id}`, { roles: [] })).status, 403)
      assert.equal((await limited.delete(`/admin/users/${owner.id}`)).status, 403)
      const { role } = good(await limited.post('/admin/roles', { name: 'Looks at products', permissions: ['products:read'] }))
      assert.deepEqual([role.scope, role.permissions], ['tenant', ['products:read']])
      assert.equal(
        (await store.admin.post(`/admin/users/${owner.id}`, { roles: [role.id] })).status,
        400,
        'somebody must remain who adds staff',
      )
      const self = client(app(), { token: (await guest().post('/auth/user/emailpass', store.owner)).body.token, tenant: store.slug })
      const gone = await self.delete(`/admin/users/${owner.id}`)
      assert.deepEqual([gone.status, gone.body], [400, { type: 'not_allowed', message: 'A user cannot delete itself' }])
    })

    it('sees what was mailed', async () => {
      const { notifications, count } = good(await store.admin.get('/admin/notifications', { template: 'invite' }))
      assert.ok(count > 0)
      assert.deepEqual([notifications[0].channel, notifications[0].status, notifications[0].data], ['email', 'success', {}])
    })
  })

  describe('pictures', () => {
    async function upload(body: Uint8Array | FormData, type?: string) {
      const response = await fetch(`${app().url}/admin/uploads`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${store.secretKey}:`).toString('base64')}`,
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        body: body as BodyInit,
      })
      return { status: response.status, body: (await response.json()) as { files: { id: string; url: string }[] } }
    }
    const form = (...files: [name: string, bytes: Buffer][]) => {
      const data = new FormData()
      for (const [name, bytes] of files) data.append('files', new Blob([new Uint8Array(bytes)]), name)
      return data
    }

    it('are kept under names of their own, and shown to everybody', async () => {
      const one = good(await upload(new Uint8Array(pixel), 'image/png'))
      const two = good(await upload(form(['../../evil.png', pixel], ['b.png', pixel])))
      assert.equal(two.files.length, 2)
      for (const { id, url } of [...one.files, ...two.files]) {
        assert.match(id, /^[0-9a-f]{32}-1x1\.png$/)
        const shown = await fetch(url)
        assert.deepEqual([shown.status, shown.headers.get('content-type')], [200, 'image/png'])
        assert.deepEqual(Buffer.from(await shown.arrayBuffer()), pixel)
      }
    })

    it('come in the widths that pages ask for, once they are made, and never change', async () => {
      const { files } = good(await upload(form(['a.png', png(1_400, 700)], ['torn.png', png(900, 900, 5)])))
      const [whole, torn] = files.map(({ url }) => new URL(url).pathname.replace(/\.png$/, '')) as [string, string]
      const seen = async (path: string) => {
        const { status, headers } = await fetch(app().url + path)
        return [status, headers.get('content-type'), headers.get('cache-control')]
      }
      await app().drain()
      const immutable = 'public, max-age=31536000, immutable'
      for (const width of [320, 640, 1280]) assert.deepEqual(await seen(`${whole}-${width}.webp`), [200, 'image/webp', immutable])
      const small = Buffer.from(await (await fetch(`${app().url}${whole}-320.webp`)).arrayBuffer())
      assert.deepEqual(imageSize(small), { width: 320, height: 160, type: 'webp' })
      assert.deepEqual(await seen(`${whole}.png`), [200, 'image/png', immutable])
      assert.deepEqual(await seen(`${torn}-320.webp`), [200, 'image/png', 'public, max-age=60'], 'what cannot be decoded answers as it is')
      assert.equal((await seen(`${whole}-5.webp`))[1], 'image/png', 'nothing is made for who asks')
    })

    it('are written whole, however many write the same one at once', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-pictures-'))
      try {
        await Promise.all(Array.from({ length: 8 }, () => writeWhole(folder, 'a.webp', pixel)))
        assert.deepEqual(fs.readdirSync(folder), ['a.webp'])
        assert.deepEqual(fs.readFileSync(path.join(folder, 'a.webp')), pixel)
      } finally {
        fs.rmSync(folder, { recursive: true })
      }
    })

    it('are shown by the storefront in the width that a screen needs, with their shape', async () => {
      const { files } = good(await upload(form(['wide.png', png(500, 250)])))
      const [product] = store.vendors[0]?.products ?? []
      good(await store.admin.post(`/admin/products/${product?.id}`, { thumbnail: files[0]?.url, images: [{ url: files[0]?.url }] }))
      const page = await askPage(app(), store, `/products/${product?.handle}`)
      const stem = new URL(files[0]?.url as string).pathname.replace(/\.png$/, '')
      const [image] = /<img[^>]*>/.exec(page.text.split('class="gallery"')[1] ?? '') ?? []
      assert.ok(image?.includes(`srcset="${stem}-320.webp 320w, ${stem}-500.webp 500w"`), image)
      assert.match(image as string, /width="800" height="400"/)
    })

    it('are refused when they are larger than anybody can look at, or cut off before their size', async () => {
      const refused = await upload(form(['bomb.png', png(30_000, 30_000, 0)]))
      assert.equal(refused.status, 400)
      assert.match(JSON.stringify(refused.body), /30000 × 30000/)
      assert.equal((await upload(form(['cut.png', pixel.subarray(0, 15)]))).status, 400)
      assert.equal((await upload(form(['cut.jpg', Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF', 'latin1')]))).status, 400)
    })

    it('are refused when they are none, whatever they call themselves', async () => {
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
      assert.equal((await upload(form(['picture.png', svg]))).status, 400)
      assert.equal((await upload(new Uint8Array(svg), 'image/png')).status, 400)
      assert.equal((await upload(new Uint8Array(svg), 'image/svg+xml')).status, 400)
      assert.equal((await upload(form())).status, 400)
      assert.equal((await upload(form(['large.png', Buffer.concat([pixel, Buffer.alloc(5_000_001)])]))).status, 413)
    })
  })
})
