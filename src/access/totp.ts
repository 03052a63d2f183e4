import { createHmac, randomBytes } from 'node:crypto'

/** RFC 6238 as every authenticator has it: SHA-1, six digits, thirty seconds. */
const step_s = 30
const digits = 6
const secret_bytes = 20
/** One step to either side, for clocks that differ and people who type slowly. */
const driftSteps = 1
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new secret in base32 (RFC 4648), as people type it and QR codes carry it. */
export function newTotpSecret(): string {
  let bits = ''
  for (const byte of randomBytes(secret_bytes)) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{5}/g) as string[]).map((five) => alphabet[Number.parseInt(five, 2)]).join('')
}

function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}

export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1_000 / step_s)
}

/** The code of one step. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (digest.at(-1) as number) & 0xf
  const value = (digest.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits
  return String(value).padStart(digits, '0')
}

/** The step whose code this is, among those around `at` and after `lastStep`: a code is good once. Null for none. */
export function matchingStep(secret: string, code: string, at: Date, lastStep: number): number | null {
  const now = totpStep(at)
  let found: number | null = null
  for (let step = now - driftSteps; step <= now + driftSteps; step += 1) {
    if (step > lastStep && totpCode(secret, step) === code) found ??= step
  }
  return found
}

/** What an authenticator scans. */
export function otpauthUrl(secret: string, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${step_s}`
}
