import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'
const secret_bytes = 32

/** A secret as the Standard Webhooks specification writes it. */
export const newSecret = () => `${prefix}${randomBytes(secret_bytes).toString('base64')}`

/**
 * The headers of a webhook after the Standard Webhooks specification: HMAC-SHA256 of id, time and body under each of the secrets, the
 * newest first.
 */
export function signedHeaders(message: { id: string; at: Date; body: string }, secrets: readonly string[]): Record<string, string> {
  const seconds = String(Math.floor(message.at.getTime() / 1_000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${message.id}.${seconds}.${message.body}`).digest('base64')}`
  })
  return { 'webhook-id': message.id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') }
}
