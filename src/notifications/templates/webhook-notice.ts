import { mailWordsOf } from '../words/index.js'
import { page, paragraph, type RenderedMail } from './layout.js'

interface DisabledWebhook {
  id: string
  url: string
  description: string | null
  disabled_reason: string
  surface: 'admin' | 'vendor'
}

/**
 * A webhook that is sent nothing any more. Of its address only the host is told: what comes behind may be a key. Where staff and vendors
 * sign in is English.
 */
export function webhookNotice(sender: { store_name: string; contact_email: string | null }, webhook: DisabledWebhook): RenderedMail {
  const { host } = new URL(webhook.url)
  const subject = `Your webhook to ${host} was disabled`
  const lines = [
    `${webhook.id}${webhook.description === null ? '' : ` (${webhook.description})`} to ${host} is sent nothing any more. ${webhook.disabled_reason}.`,
    `What it was sent, and what it answered, stands at GET /${webhook.surface}/webhooks/${webhook.id}/deliveries for 30 days.`,
    `When it listens again: POST /${webhook.surface}/webhooks/${webhook.id} {"state": "enabled"}. What was not delivered until now is sent then; what happens until then is not.`,
  ]
  return {
    subject,
    text: [...lines, '', sender.store_name].join('\n'),
    html: page(subject, lines.map(paragraph).join(''), mailWordsOf('en'), { ...sender, locale: 'en' }),
  }
}
