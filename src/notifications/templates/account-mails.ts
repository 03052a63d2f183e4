import type { StoreMailRow, TransferMailRow } from '../queries.js'
import { escapeHtml, page, type RenderedMail } from './layout.js'

interface Letter {
  subject: string
  /** Paragraphs before the link or code, and after it. */
  before: readonly string[]
  after: readonly string[]
  /** Where the storefront takes it up; null where there is no page to name. */
  link: string | null
  code: string
}

/** A mail that carries a code: as a link where the store has named its storefront, and for typing in where it has not. */
function letter(store: StoreMailRow, { subject, before, after, link, code }: Letter): RenderedMail {
  const carried = link ?? code
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`
  const shown =
    link === null
      ? `<p><code style="word-break:break-all">${escapeHtml(code)}</code></p>`
      : `<p><a href="${escapeHtml(link)}" style="word-break:break-all">${escapeHtml(link)}</a></p>`
  const html = page(subject, [...before.map(paragraph), shown, ...after.map(paragraph)].join(''), store.store_name)
  return { subject, text: [...before, '', carried, '', ...after, '', store.store_name].join('\n'), html }
}

function linkTo(store: StoreMailRow, path: string): string | null {
  return store.storefront_url === null ? null : `${store.storefront_url}${path}`
}

/** A customer's link leads to the storefront; staff and vendors sign in elsewhere, and get the code. */
export function passwordReset(store: StoreMailRow, reset: { actor_type: string; email: string; token: string }): RenderedMail {
  const { token, email } = reset
  const path = `/reset-password?token=${token}&email=${encodeURIComponent(email)}`
  return letter(store, {
    subject: `Set a new password for ${store.store_name}`,
    before: ['Somebody, probably you, asked to set a new password for this address. It can be set within fifteen minutes, once:'],
    after: ['If it was not you, nothing has changed and nothing needs to be done.'],
    link: reset.actor_type === 'customer' ? linkTo(store, path) : null,
    code: token,
  })
}

export function emailVerification(store: StoreMailRow, verification: { email: string; token: string }): RenderedMail {
  const { token, email } = verification
  return letter(store, {
    subject: `Confirm your email for ${store.store_name}`,
    before: ['Confirm that this address is yours, within a day:'],
    after: ['If you have no account here, nothing needs to be done.'],
    link: linkTo(store, `/verify-email?code=${token}&email=${encodeURIComponent(email)}`),
    code: token,
  })
}

export function transferRequest(store: StoreMailRow, transfer: TransferMailRow, token: string): RenderedMail {
  return letter(store, {
    subject: `Somebody asks for your order #${transfer.display_id} at ${store.store_name}`,
    before: [
      `The account ${transfer.customer_email} asks to take over your order #${transfer.display_id}.`,
      `With this, order ${transfer.order_id} is handed over or kept:`,
    ],
    after: ['If you do not know this account, do nothing, or decline: the order then stays yours.'],
    link: linkTo(store, `/order/${transfer.order_id}/transfer/${token}`),
    code: token,
  })
}

/** Staff sign in elsewhere than shoppers: the code is typed in there. */
export function invitation(store: StoreMailRow, invite: { role: string; token: string }): RenderedMail {
  return letter(store, {
    subject: `You are invited to the staff of ${store.store_name}`,
    before: [
      `You are invited to work for ${store.store_name} as ${invite.role.replaceAll('_', ' ')}. This code is good for seven days, once:`,
    ],
    after: ['If you do not know the store, nothing needs to be done.'],
    link: null,
    code: invite.token,
  })
}
