import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Text that only this deployment can read: what is kept of answers may hold keys and passwords that are shown once. */
export interface Sealer {
  seal(text: string): string
  /** Throws for text that was sealed under another secret or changed since. */
  open(sealed: string): string
  /** A fingerprint that tells nothing of the text without the secret: bodies may hold passwords, which can be guessed. */
  fingerprint(text: string): string
}

const algorithm = 'aes-256-gcm'
const nonce_bytes = 12
const tag_bytes = 16

/**
 * @param secret the deployment's, of which a key of its own is derived (RFC 5869)
 * @param label what is sealed: two labels have two keys, so that what one kind of text tells never helps with another
 */
export function sealerOf(secret: string, label: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', label, 32))
  return {
    seal(text) {
      const nonce = randomBytes(nonce_bytes)
      const cipher = createCipheriv(algorithm, key, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
    },
    fingerprint: (text) => createHmac('sha256', key).update(text).digest('hex'),
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonce_bytes))
      decipher.setAuthTag(bytes.subarray(nonce_bytes, nonce_bytes + tag_bytes))
      return Buffer.concat([decipher.update(bytes.subarray(nonce_bytes + tag_bytes)), decipher.final()]).toString('utf8')
    },
  }
}
