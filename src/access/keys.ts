import { createHash, randomBytes } from 'node:crypto'

export type KeyType = 'publishable' | 'secret' | 'vendor'

const prefixes: Record<KeyType, string> = { publishable: 'pk_', secret: 'sk_', vendor: 'vk_' }
const keyPattern = /^(pk|sk|vk)_[0-9a-f]{64}$/

export interface NewKey {
  token: string
  hash: string
  /** What lists show: enough to recognise, too little to use. */
  redacted: string
}

export function newKey(type: KeyType): NewKey {
  const token = `${prefixes[type]}${randomBytes(32).toString('hex')}`
  return { token, hash: keyHash(token), redacted: `${token.slice(0, 6)}***${token.slice(-3)}` }
}

/** Keys are 256 random bits: a plain hash cannot be reversed, and finds its row by index without comparing in time. */
export function keyHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export function isKey(text: string): boolean {
  return keyPattern.test(text)
}
