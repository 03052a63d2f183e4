import { addIdentity, type BuiltInRole, ensureOperator, hashPassword } from '../../src/access/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { addMember } from '../../src/vendors/index.js'
import type { TestApp } from './app.js'
import { type Client, client } from './client.js'
import { asAdmin } from './database.js'
import { good } from './http.js'
import type { TestStore } from './store.js'

const password = 'correct horse battery'
let sharedHash: Promise<string> | undefined

/** The token of somebody who signs in. */
export async function tokenOf(
  app: TestApp,
  store: TestStore,
  actor: 'customer' | 'member' | 'user',
  credentials: { email: string; password: string },
): Promise<string> {
  const { status, body } = await client(app, { tenant: store.slug }).post(`/auth/${actor}/emailpass`, {
    email: credentials.email,
    password: credentials.password,
  })
  if (status !== 200) throw new Error(`${credentials.email} cannot sign in: ${JSON.stringify(body)}`)
  return body.token
}

/** Adds a member of a vendor with a role, and answers the member's token. */
export async function addPerson(app: TestApp, store: TestStore, vendor: number, role: BuiltInRole): Promise<string> {
  const email = `${role}.${vendor}@${store.slug}.example`
  sharedHash ??= hashPassword(password)
  const password_hash = await sharedHash
  const vendor_id = store.vendors[vendor]?.id as string
  await app.db.unitOfWork({ ...store.scope, role: 'platform' }, (unit) => addMember(unit, { vendor_id, email, password_hash, role }))
  return tokenOf(app, store, 'member', { email, password })
}

/** Adds somebody to the store's staff, for the whole store or for one vendor of it, and answers the token. */
export async function addStaff(app: TestApp, store: TestStore, role: BuiltInRole, vendorId: string | null = null): Promise<string> {
  const email = `${role}${vendorId === null ? '' : '.limited'}@${store.slug}.example`
  const id = `user_${role}${vendorId ?? ''}`
  sharedHash ??= hashPassword(password)
  const passwordHash = await sharedHash
  await asAdmin(app.adminUrl, 'insert into app.store_user (tenant_id, id, email) values ($1, $2, $3)', [store.tenantId, id, email])
  await asAdmin(
    app.adminUrl,
    `insert into app.role_grant (tenant_id, id, subject_type, subject_id, role_id, vendor_id)
     select $1, 'grant_' || $2::text, 'user', $2, r.id, $4 from app.role r where r.tenant_id = $1 and r.name = $3`,
    [store.tenantId, id, role, vendorId],
  )
  await app.db.unitOfWork(store.scope, (unit) => addIdentity(unit, { actorType: 'user', actorId: id, email, passwordHash }))
  return tokenOf(app, store, 'user', { email, password })
}

/** An operator of the platform. */
export async function signedInOperator(app: TestApp): Promise<Client> {
  const credentials = { email: 'operator@platform.example', password }
  const context = { db: app.db, clock: systemClock, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
  await ensureOperator(context, credentials)
  const { token } = good(await client(app).post('/auth/operator/emailpass', credentials))
  return client(app, { token })
}
