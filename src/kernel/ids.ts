import { monotonicFactory } from 'ulid'

/** What an id may begin with. Medusa's nouns have Medusa's prefixes. */
export const idPrefixes = [
  'store', 'prod', 'variant', 'opt', 'optval', 'img', 'ptag', 'ptyp', 'pcol', 'pcat', 'pset', 'price', 'prpref',
  'reg', 'sc', 'apk', 'cart', 'cali', 'casm', 'caaddr', 'calitxl', 'casmtxl', 'order', 'ordli', 'ordsm', 'ordaddr',
  'ordsum', 'pay_col', 'payses', 'pay', 'capt', 'cus', 'cuaddr', 'so', 'sotype', 'sp', 'serzo', 'fuset', 'fgz', 'ful',
  'fulit', 'fullab', 'iitem', 'ilev', 'resitem', 'sloc', 'txreg', 'txr', 'txrule', 'authid', 'user', 'noti',
  'ten', 'dom', 'plan', 'oper', 'role', 'grant', 'vend', 'vmem', 'vord', 'comr', 'coml', 'lacc', 'ltx', 'evt', 'imp',
  'chk', 'req',
] as const

export type IdPrefix = (typeof idPrefixes)[number]

const ulid = monotonicFactory()

/** A new id, `prefix_` and a ULID. Ids of one process sort in the order they were made, within a millisecond too. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${ulid()}`
}

/** Whether a text from outside has the form of such an id. */
export function isId(value: unknown, prefix: IdPrefix): value is string {
  return typeof value === 'string' && value.startsWith(`${prefix}_`) && /^[0-9A-Z]{26}$/i.test(value.slice(prefix.length + 1))
}
