import { z } from 'zod'
import {
  type Actor,
  deleteInvite,
  type InviteRow,
  listInvitesStatement,
  listRolesStatement,
  resendInvite,
  tokenShown,
} from '../../access/index.js'
import { asStore, type ListPage, readPage, singlePage, tenantOf, type Unit, vendorOf } from '../../db/index.js'
import { email, type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import { changeMemberRole, inviteToTeam, joinTeam, listMembersStatement, removeMember } from '../../vendors/index.js'

const memberFields: FieldsPolicy = { defaults: ['id', 'vendor_id', 'email', 'first_name', 'last_name', 'role', 'created_at', 'updated_at'] }
const inviteFields: FieldsPolicy = {
  defaults: ['id', 'email', 'role', 'accepted', 'token', 'expires_at', 'created_by', 'created_at', 'updated_at'],
}
const name = z.string().trim().min(1).max(limits.name_characters)

type AnyRequest = RequestContext<unknown, unknown>

/** People and their rights are the store's rows: what changes them runs as the store, with the vendor of the token in every query. */
const write = <T>({ context }: AnyRequest, fn: (unit: Unit) => Promise<T>): Promise<T> => context.db.unitOfWork(asStore(context).scope, fn)

async function answerMember(request: AnyRequest, vendorId: string, id: string) {
  const { db, scope } = asStore(request.context)
  const [member] = await db.read(scope, listMembersStatement(tenantOf(request.context), vendorId, singlePage, id))
  if (member === undefined) throw notFound(`Member with id: ${id} was not found`)
  return { member: request.fields.project(member) }
}

const invitesStatement = ({ context }: AnyRequest, id: string[] | null, page: ListPage) =>
  listInvitesStatement(tenantOf(context), { id, email: null, q: null, vendorId: vendorOf(context) }, page)

const renderInvite = ({ services, actor, fields }: AnyRequest, row: InviteRow) =>
  fields.project({ ...row, role: row.role.name, token: tokenShown(services.accountSealer, actor as Actor, row) })

async function answerInvite(request: AnyRequest, id: string) {
  const { db, scope } = asStore(request.context)
  const [invite] = await db.read(scope, invitesStatement(request, [id], singlePage))
  if (invite === undefined) throw notFound(`Invite with id: ${id} was not found`)
  return { invite: renderInvite(request, invite) }
}

const memberRoutes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/members',
    summary: "The vendor's people and their roles",
    access: 'team:read',
    fields: memberFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'email'] },
    async handle({ context, page, fields }) {
      const { rows, count } = await readPage(asStore(context), page, (asked) =>
        listMembersStatement(tenantOf(context), vendorOf(context), asked),
      )
      return { members: rows.map((row) => fields.project(row)), count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/members/:id',
    summary: "One of the vendor's people",
    access: 'team:read',
    fields: memberFields,
    ids: { id: 'member' },
    handle: (request) => answerMember(request, vendorOf(request.context), request.params.id as string),
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/members/:id',
    summary: 'Give somebody of the team another role, of those you could have yourself',
    access: 'team:write',
    body: z.strictObject({ role: name }),
    fields: memberFields,
    ids: { id: 'member' },
    async handle(request) {
      const vendorId = vendorOf(request.context)
      const wanted = request.params.id as string
      await write(request, (unit) => changeMemberRole(unit, request.actor as Actor, vendorId, wanted, request.body.role))
      request.services.gatekeeper.forget()
      return answerMember(request, vendorId, wanted)
    },
  }),
  route({
    surface: 'vendor',
    method: 'DELETE',
    path: '/vendor/members/:id',
    summary: 'Remove somebody from the team, with their sign-in',
    access: 'team:write',
    ids: { id: 'spare_member' },
    async handle(request) {
      const { context, services } = request
      const wanted = request.params.id as string
      const identityId = await write(request, (unit) => removeMember(unit, request.actor as Actor, vendorOf(context), wanted))
      if (identityId !== null) services.gatekeeper.forgetIdentity(tenantOf(context), identityId)
      return { id: wanted, object: 'member', deleted: true }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/roles',
    summary: 'The roles that people of a team can have, and what each may do',
    access: 'team:read',
    fields: { defaults: ['name', 'permissions'] },
    page: { limit: 50, orderable: ['name', 'id', 'created_at'] },
    async handle({ context, page, fields }) {
      const filter = { id: null, q: null, scope: ['vendor'] }
      const { rows, count } = await readPage(asStore(context), page, (asked) => listRolesStatement(tenantOf(context), filter, asked))
      return { roles: rows.map((row) => fields.project(row)), count, offset: page.offset, limit: page.limit }
    },
  }),
]

const inviteRoutes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/invites',
    summary: "Invitations to the vendor's team",
    access: 'team:read',
    fields: inviteFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at', 'email', 'expires_at'] },
    async handle(request) {
      const { offset, limit } = request.page
      const { rows, count } = await readPage(asStore(request.context), request.page, (page) => invitesStatement(request, null, page))
      return { invites: rows.map((row) => renderInvite(request, row)), count, offset, limit }
    },
  }),
  // Before /vendor/invites/:id/resend and its like: whoever accepts has no sign-in yet, only the token.
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/invites/accept',
    summary: "Join a vendor's team by the token that was mailed; POST /auth/member/emailpass signs in from then on",
    access: 'public',
    limit: 'sign_in',
    body: z.strictObject({
      token: z.string().min(1).max(200),
      password: z.string().min(1).max(200),
      first_name: name.nullish(),
      last_name: name.nullish(),
    }),
    fields: memberFields,
    async handle(request) {
      if (request.actor !== null) throw invalidData('You are signed in already, and cannot accept an invitation: sign out first')
      const { id, vendorId } = await joinTeam(asStore(request.context), request.body)
      return answerMember(request, vendorId, id)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/invites',
    summary: "Invite somebody to the vendor's team, in a role that you could have yourself; a mail brings the token",
    access: 'team:write',
    body: z.strictObject({ email, role: name.default('vendor_owner') }),
    fields: inviteFields,
    async handle(request) {
      const { context, services, actor, body } = request
      const input = { ...body, vendor_id: vendorOf(context) }
      await services.rates.take('mail', `invite:${tenantOf(context)}:${body.email}`)
      const made = await write(request, (unit) => inviteToTeam(context, unit, services.accountSealer, actor as Actor, input))
      return answerInvite(request, made)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/invites/:id/resend',
    summary: 'Send an invitation anew; the token before is good no longer',
    access: 'team:write',
    fields: inviteFields,
    ids: { id: 'team_invite' },
    async handle(request) {
      const { context, services, actor } = request
      const wanted = request.params.id as string
      await services.rates.take('mail', `invite:${tenantOf(context)}:${wanted}`)
      await write(request, (unit) => resendInvite(context, unit, services.accountSealer, actor as Actor, wanted, vendorOf(context)))
      return answerInvite(request, wanted)
    },
  }),
  route({
    surface: 'vendor',
    method: 'DELETE',
    path: '/vendor/invites/:id',
    summary: 'Take an invitation back',
    access: 'team:write',
    ids: { id: 'team_invite' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteInvite(unit, wanted, vendorOf(request.context)))
      return { id: wanted, object: 'invite', deleted: true }
    },
  }),
]

export const routes: Route[] = [...memberRoutes, ...inviteRoutes]
