import { totpCode, totpStep } from '../../src/access/totp.js'
import { addMember } from '../../src/vendors/index.js'
import type { TestApp } from '../support/app.js'
import { client } from '../support/client.js'
import { good } from '../support/http.js'
import { tokenOf } from '../support/people.js'
import { password, type Shopper } from '../support/shopper.js'
import type { TestStore } from '../support/store.js'

// Customers, people of vendors, those who are invited, and those who ask to sell.

interface StoreOfApp {
  app: TestApp
  store: TestStore
}

const ofStore = (table: string, more = '') => ({ sql: `select id from app.${table} where tenant_id = $1 ${more}`, ofVendor: false })
const ofVendor = (table: string, more = '') => ({
  sql: `select id from app.${table} where tenant_id = $1 and vendor_id = $2 ${more}`,
  ofVendor: true,
})

export const peopleKinds = {
  invite: ofStore('invite', 'and vendor_id is null'),
  own_role: ofStore('role', `and name like 'own-%'`),
  team_invite: ofVendor('invite'),
  member: ofVendor('vendor_member'),
  spare_member: ofVendor('vendor_member', `and email like 'spare%'`),
  vendor_application: ofStore('vendor_application'),
  pending_vendor: ofStore('vendor', `and status = 'pending'`),
  // The vendor that only one store has, since ending one of the others would end what the next requests need.
  vendor_to_end: ofStore('vendor', `and handle like 'only-%'`),
}

let counter = 0
/** By vendor. */
const tokens = new Map<string, string>()
const email = (word: string) => `${word}${++counter}@people.example`

export async function addPeople(app: TestApp, store: TestStore): Promise<void> {
  for (const index of store.vendors.keys()) {
    await teamInvite({ app, store }, index)
    await spareMember({ app, store }, index)
  }
  await application({ app, store })
  await ownRole({ store })
}

async function ownRole({ store }: Pick<StoreOfApp, 'store'>) {
  const body = { name: `own-${++counter}`, permissions: ['orders:read'] }
  return { own_role: good(await store.admin.post('/admin/roles', body)).role.id as string }
}

/** People are invited by people: a vendor's key may not. */
async function teamInvite({ app, store }: StoreOfApp, index: number) {
  const vendor = store.vendors[index] as TestStore['vendors'][number]
  const token = tokens.get(vendor.id) ?? (await tokenOf(app, store, 'member', vendor))
  tokens.set(vendor.id, token)
  const body = { email: email('invited'), role: 'vendor_packer' }
  return { team_invite: good(await client(app, { token }).post('/vendor/invites', body)).invite.id as string }
}

async function spareMember({ app, store }: StoreOfApp, index: number) {
  const vendor_id = store.vendors[index]?.id as string
  const person = { vendor_id, email: email('spare'), role: 'vendor_packer', password_hash: 'none' }
  const id = await app.db.unitOfWork({ ...store.scope, role: 'platform' }, (unit) => addMember(unit, person))
  return { spare_member: id, member: id }
}

async function application({ app, store }: StoreOfApp) {
  const body = { handle: `asks-${++counter}`, name: 'Asks', email: email('asks') }
  const made = good(await client(app, { tenant: store.slug }).post('/vendor/applications', body)).application
  return { vendor_application: made.id as string, pending_vendor: made.vendor_id as string }
}

export const preparedPeople = {
  'POST /admin/roles/:id': ownRole,
  'DELETE /admin/roles/:id': ownRole,
  'POST /vendor/members/:id': spareMember,
  'DELETE /vendor/members/:id': spareMember,
  'POST /vendor/invites/:id/resend': teamInvite,
  'DELETE /vendor/invites/:id': teamInvite,
  'POST /admin/vendors/:id/approve': application,
  'POST /admin/vendors/:id/reject': application,
  'POST /admin/vendors/:id/terminate': async ({ store }: StoreOfApp) => {
    const body = { handle: `ends-${++counter}`, name: 'Ends' }
    return { vendor_to_end: good(await store.admin.post('/admin/vendors', body)).vendor.id as string }
  },
}

/** What a customer keeps, and a second factor, with the challenge of a sign-in that asks for it. */
export async function addAccount({ admin, shopper }: TestStore, customer: Shopper): Promise<void> {
  good(await customer.client.post('/store/customers/me/addresses', { first_name: 'Twin', country_code: 'us' }))
  const { customer_group } = good(await admin.post('/admin/customer-groups', { name: 'Twins' }))
  good(await admin.post(`/admin/customer-groups/${customer_group.id}/customers`, { add: [customer.id] }))
  await enableFactor(customer)
  good(await shopper.post('/auth/customer/emailpass', { email: customer.email, password }))
}

/** A second factor that counts, in place of one before. */
async function enableFactor(customer: Shopper): Promise<void> {
  const { mfa_factor, secret } = good(await customer.client.post('/auth/mfa/factors', { provider: 'totp' }))
  good(await customer.client.post(`/auth/mfa/factors/${mfa_factor.id}/verify`, { code: totpCode(secret, totpStep(new Date())) }))
}
