import { inviteMailStatement, inviteToken, issueToken, mailedToken } from '../../access/index.js'
import { type Context, tenantOf } from '../../db/index.js'
import type { AskedAt, EventPayloads } from '../../events/index.js'
import { notFound, type Sealer } from '../../kernel/index.js'
import { linksOf, type StorefrontSettings, type Whereabouts } from '../storefront.js'
import {
  applicationMailStatement,
  identityMailStatement,
  type StoreMailRow,
  storeMailStatement,
  transferMailStatement,
} from '../queries.js'
import { emailVerification, factorNotice, invitation, passwordReset, rejection, transferRequest } from '../templates/account-mails.js'
import { type MailSettings, sendOnce } from './send-once.js'

export interface AccountMailSettings extends MailSettings, StorefrontSettings {
  /** Makes the codes that mails carry, the same for every try at the same mail. */
  sealer: Sealer
}

/** @param at the page that the mail was asked from, whose language it speaks */
async function loadStore(context: Context, at?: Whereabouts): Promise<StoreMailRow> {
  const [store] = await context.db.read(context.scope, storeMailStatement(tenantOf(context)))
  if (store === undefined) throw notFound('The store was not found')
  return { ...store, locale: at?.locale ?? store.locale }
}

const whereabouts = (asked: AskedAt = {}): Whereabouts => ({
  regionId: asked.region_id ?? null,
  locale: asked.locale ?? null,
  country: null,
})

/** Mails a token for a new password, once; nothing to an e-mail without a sign-in. Handler of `auth.password_reset`. */
export async function sendPasswordReset(
  context: Context,
  settings: AccountMailSettings,
  payload: EventPayloads['auth.password_reset'],
): Promise<void> {
  const { auth_token_id: id, actor_type: actorType, email } = payload
  const issued = await issueToken(context, settings.sealer, { id, purpose: 'password_reset' }, { actorType, email })
  if (issued === null) return
  const at = whereabouts(payload.asked_at)
  const [store, links] = await Promise.all([loadStore(context, at), linksOf(context, settings, at)])
  const mail = passwordReset(store, { actor_type: actorType, email: issued.email, token: issued.token }, links)
  await sendOnce(context, settings, store, {
    template: 'password-reset',
    recipient: issued.email,
    uniqueKey: `auth.password_reset:${id}`,
    data: {},
    mail,
  })
}

/** Mails a code that proves an e-mail, once. Handler of `auth.verification_requested`. */
export async function sendVerification(
  context: Context,
  settings: AccountMailSettings,
  payload: EventPayloads['auth.verification_requested'],
): Promise<void> {
  const { auth_token_id: id, auth_identity_id: identityId } = payload
  const issued = await issueToken(context, settings.sealer, { id, purpose: 'email_verification' }, { identityId })
  if (issued === null) return
  const at = whereabouts(payload.asked_at)
  const [store, links] = await Promise.all([loadStore(context, at), linksOf(context, settings, at)])
  const mail = emailVerification(store, issued, links)
  const uniqueKey = `auth.verification_requested:${id}`
  await sendOnce(context, settings, store, { template: 'email-verification', recipient: issued.email, uniqueKey, data: {}, mail })
}

/**
 * Tells the owner of an account, once, that a second factor of theirs was switched on, or removed. Handler of
 * `auth.second_factor_changed`. Throws whatever the mail server answers.
 */
export async function sendFactorNotice(
  context: Context,
  settings: MailSettings,
  { auth_identity_id: identityId, factor_id: factorId, is_on: isOn }: EventPayloads['auth.second_factor_changed'],
): Promise<void> {
  const [identity] = await context.db.read(context.scope, identityMailStatement(tenantOf(context), identityId))
  if (identity === undefined) return
  const store = await loadStore(context)
  await sendOnce(context, settings, store, {
    template: isOn ? 'second-factor-on' : 'second-factor-off',
    recipient: identity.email,
    uniqueKey: `auth.second_factor_changed:${factorId}:${isOn}`,
    data: {},
    mail: factorNotice(store, identity, isOn),
  })
}

/** Asks the address that an order was placed with, once. Handler of `order.transfer_requested`. */
export async function sendTransferRequest(
  context: Context,
  settings: AccountMailSettings,
  payload: EventPayloads['order.transfer_requested'],
): Promise<void> {
  const { order_transfer_id: id } = payload
  const [transfer] = await context.db.read(context.scope, transferMailStatement(tenantOf(context), id))
  if (transfer === undefined || transfer.status !== 'requested') return
  const { region_id: regionId, locale, country } = transfer
  const [store, links] = await Promise.all([loadStore(context), linksOf(context, settings, { regionId, locale, country })])
  const mail = transferRequest(store, transfer, mailedToken(settings.sealer, 'order_transfer', id), links)
  const uniqueKey = `order.transfer_requested:${id}`
  const data = { display_id: transfer.display_id }
  await sendOnce(context, settings, store, { template: 'transfer-request', recipient: transfer.original_email, uniqueKey, data, mail })
}

/** Mails an invitation to the store's staff or to a vendor's team, once for each time that it is sent. Handler of `invite.sent`. */
export async function sendInvite(context: Context, settings: AccountMailSettings, payload: EventPayloads['invite.sent']): Promise<void> {
  const { invite_id: id, sent } = payload
  const [invite] = await context.db.read(context.scope, inviteMailStatement(tenantOf(context), id, sent))
  if (invite === undefined) return
  const store = await loadStore(context)
  const mail = invitation(store, { ...invite, token: inviteToken(settings.sealer, id, sent) })
  await sendOnce(context, settings, store, {
    template: 'invite',
    recipient: invite.email,
    uniqueKey: `invite.sent:${id}:${sent}`,
    data: {},
    mail,
  })
}

/** Tells who asked to sell in the store, once, that they may not, and why. Handler of `vendor.rejected`. */
export async function sendRejection(context: Context, settings: MailSettings, payload: EventPayloads['vendor.rejected']): Promise<void> {
  const { vendor_application_id: id } = payload
  const [application] = await context.db.read(context.scope, applicationMailStatement(tenantOf(context), id))
  if (application === undefined) return
  const store = await loadStore(context)
  await sendOnce(context, settings, store, {
    template: 'vendor-rejected',
    recipient: application.email,
    uniqueKey: `vendor.rejected:${id}`,
    data: {},
    mail: rejection(store, application),
  })
}
