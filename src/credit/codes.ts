import { randomInt } from 'node:crypto'
import { invalidData, type Sealer } from '../kernel/index.js'

/** Without letters and digits that are taken for one another: 0 and O, 1, I and L. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const characters = 16

/** A new code: 16 characters of 31, 79 bits, in groups of four. */
export function newCode(): string {
  const text = Array.from({ length: characters }, () => alphabet[randomInt(alphabet.length)]).join('')
  return (text.match(/.{4}/g) as string[]).join('-')
}

/** A code as it is compared: people leave dashes and capitals out. */
const plain = (code: string) => code.replace(/[^0-9a-z]/gi, '').toUpperCase()

/** How a code is found: a fingerprint under the deployment's secret, so that rows alone give no code away. */
export function codeHash(sealer: Sealer, code: string): string {
  return sealer.fingerprint(`gift card\n${plain(code)}`)
}

/** How a code is kept: to be found, to be shown to its owner, and to be told from others by who may not see it. */
export interface KeptCode {
  code_hash: string
  code_sealed: string
  last_characters: string
}

/** @throws invalid_data for a code that is too short to be safe */
export function keptCode(sealer: Sealer, code: string): KeptCode {
  if (plain(code).length < 8) throw invalidData('A gift card code has at least 8 letters and digits')
  return { code_hash: codeHash(sealer, code), code_sealed: sealer.seal(code), last_characters: plain(code).slice(-4) }
}
