import type { StoreMailRow, TransferMailRow } from '../queries.js'
import type { Links } from '../storefront.js'
import { mailWordsOf } from '../words/index.js'
import { closingLines, escapeHtml, page, paragraph, type RenderedMail } from './layout.js'

interface Letter {
  subject: string
  /** Paragraphs before the link or code, and after it. */
  before: readonly string[]
  after: readonly string[]
  /** Where the storefront takes it up; null where there is no page to name. */
  link: string | null
  /** None where there is nothing to be done with one. */
  code: string | null
}

/** A mail that carries a code: as a link where the storefront has a page for it, and for typing in where it has not. */
function letter(store: StoreMailRow, { subject, before, after, link, code }: Letter): RenderedMail {
  const words = mailWordsOf(store.locale)
  const carried = link ?? code
  const shown =
    carried === null
      ? ''
      : link === null
        ? `<p><code style="word-break:break-all">${escapeHtml(carried)}</code></p>`
        : `<p><a href="${escapeHtml(link)}" style="word-break:break-all">${escapeHtml(link)}</a></p>`
  const html = page(subject, [...before.map(paragraph), shown, ...after.map(paragraph)].join(''), words, store)
  const text = [...before, '', ...(carried === null ? [] : [carried, '']), ...after, '', ...closingLines(words, store)].join('\n')
  return { subject, text, html }
}

/** Where staff and vendors sign in is English. */
const heard = (store: StoreMailRow, actorType: string): StoreMailRow => (actorType === 'customer' ? store : { ...store, locale: 'en' })

/** A customer's link leads to the storefront; staff and vendors sign in elsewhere, and get the code. */
export function passwordReset(of: StoreMailRow, reset: { actor_type: string; email: string; token: string }, links: Links): RenderedMail {
  const { token, email, actor_type } = reset
  const store = heard(of, actor_type)
  const words = mailWordsOf(store.locale)
  return letter(store, {
    subject: words.reset(store.store_name),
    before: [words.resetLead],
    after: [words.resetNotYou],
    link: actor_type === 'customer' ? links.resetPassword(token, email) : null,
    code: token,
  })
}

export function emailVerification(store: StoreMailRow, verification: { email: string; token: string }, links: Links): RenderedMail {
  const { token, email } = verification
  const words = mailWordsOf(store.locale)
  return letter(store, {
    subject: words.verify(store.store_name),
    before: [words.verifyLead],
    after: [words.verifyNotYou],
    link: links.verifyEmail(token, email),
    code: token,
  })
}

/** A notice for safety: whoever has an account hears of what protects it, or does so no more. */
export function factorNotice(of: StoreMailRow, identity: { email: string; actor_type: string }, isOn: boolean): RenderedMail {
  const store = heard(of, identity.actor_type)
  const words = mailWordsOf(store.locale)
  return letter(store, {
    subject: (isOn ? words.factorOn : words.factorOff)(store.store_name),
    before: [(isOn ? words.factorOnLead : words.factorOffLead)(identity.email), words.factorNotYou],
    after: [],
    link: null,
    code: null,
  })
}

/** In the language of the order. */
export function transferRequest(of: StoreMailRow, transfer: TransferMailRow, token: string, links: Links): RenderedMail {
  const store = { ...of, locale: transfer.locale }
  const words = mailWordsOf(store.locale)
  const number = `#${transfer.display_id}`
  return letter(store, {
    subject: words.transfer(number, store.store_name),
    before: [words.transferLead(transfer.customer_email, number), words.transferWhat(number)],
    after: [words.transferNotYou],
    link: links.transfer(transfer.order_id, token),
    code: token,
  })
}

/** Staff and vendors sign in elsewhere than shoppers: the code is typed in there. */
export function invitation(of: StoreMailRow, invite: { role: string; token: string; vendor_name: string | null }): RenderedMail {
  const store = heard(of, 'user')
  const { vendor_name: vendor } = invite
  const team = vendor === null ? store.store_name : `${vendor}, which sells at ${store.store_name},`
  return letter(store, {
    subject: `You are invited to the ${vendor === null ? `staff of ${store.store_name}` : `team of ${vendor} at ${store.store_name}`}`,
    before: [
      `You are invited to work for ${team} as ${invite.role.replaceAll('_', ' ')}. This code is good for seven days, once. Type it in where ${vendor === null ? 'staff of the store' : 'vendors of the store'} sign in (software: POST ${vendor === null ? '/admin' : '/vendor'}/invites/accept):`,
    ],
    after: ['If you do not know the store, nothing needs to be done.'],
    link: null,
    code: invite.token,
  })
}

/** To who asked to sell in a store and may not. */
export function rejection(of: StoreMailRow, application: { name: string; reason: string }): RenderedMail {
  const store = heard(of, 'user')
  return letter(store, {
    subject: `${store.store_name} has answered your application`,
    before: [`${store.store_name} cannot take ${application.name} among its vendors at the moment. It says why:`, application.reason],
    after: ['You may apply again when this has changed.'],
    link: null,
    code: null,
  })
}
