import { randomFillSync } from 'node:crypto'
import { monotonicFactory, ulid as unrelatedUlid } from 'ulid'

/** What an id may begin with. Medusa's nouns have Medusa's prefixes. */
export const idPrefixes = [
  'store',
  'prod',
  'variant',
  'opt',
  'optval',
  'img',
  'ptag',
  'ptyp',
  'pcol',
  'pcat',
  'pset',
  'price',
  'prpref',
  'plist',
  'reg',
  'sc',
  'apk',
  'cart',
  'cali',
  'casm',
  'caaddr',
  'calitxl',
  'casmtxl',
  'order',
  'ordli',
  'ordsm',
  'ordaddr',
  'ordsum',
  'pay_col',
  'popr',
  'pacct',
  'pevt',
  'pmov',
  'disp',
  'recrun',
  'recexc',
  'payses',
  'pay',
  'capt',
  'cus',
  'cuaddr',
  'so',
  'sorul',
  'sotype',
  'sp',
  'serzo',
  'fuset',
  'fgz',
  'ful',
  'fulit',
  'fullab',
  'iitem',
  'ilev',
  'resitem',
  'sloc',
  'txreg',
  'txr',
  'txrule',
  'authid',
  'user',
  'noti',
  'ten',
  'dom',
  'plan',
  'oper',
  'role',
  'grant',
  'vend',
  'vmem',
  'vapp',
  'vord',
  'comr',
  'coml',
  'lacc',
  'ltx',
  'evt',
  'imp',
  'impfile',
  'exp',
  'chk',
  'req',
  'rr',
  'refr',
  'ref',
  'return',
  'retitem',
  'ocred',
  'fulst',
  'cusgroup',
  'ordch',
  'ordchact',
  'oexc',
  'claim',
  'claitem',
  'authmfa',
  'authmfach',
  'authver',
  'authtok',
  'rev',
  'prorev',
  'trans',
  'wish',
  'wishit',
  'aud',
  'invite',
  'promo',
  'procamp',
  'prorul',
  'prouse',
  'caliadj',
  'casmadj',
  'ordliadj',
  'ordsmadj',
  'ordlitxl',
  'ordsmtxl',
  'gcard',
  'sca',
  'sctr',
  'cacl',
  'ordcl',
  'payee',
  'rel',
  'clawb',
  'hold',
  'pout',
  'inv',
  'whk',
  'whd',
] as const

export type IdPrefix = (typeof idPrefixes)[number]

// Drawn ahead: left to itself the library asks the system for each of an id's sixteen characters (3 % of a checkout).
const drawn = Buffer.alloc(4_096)
let used = drawn.length

/** A random number from 0 to below 1, as good as the system's. */
function random(): number {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  const byte = drawn[used] as number
  used += 1
  return byte / 256
}

const ulid = monotonicFactory(random)

/**
 * Whoever knows such an id may read what it names without signing in (Store API contract). Ids that sort within a
 * millisecond are neighbours of those made just before and after, and so can be guessed from one of them: these are not.
 */
const openingPrefixes: ReadonlySet<IdPrefix> = new Set(['cart', 'order', 'pay_col'])

/**
 * A new id, `prefix_` and a ULID. Ids of one process sort in the order they were made, within a millisecond too, but for
 * those that open what they name.
 */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${openingPrefixes.has(prefix) ? unrelatedUlid(undefined, random) : ulid()}`
}

/** Whether a text from outside has the form of such an id. */
export function isId(value: unknown, prefix: IdPrefix): value is string {
  return typeof value === 'string' && value.startsWith(`${prefix}_`) && /^[0-9A-Z]{26}$/i.test(value.slice(prefix.length + 1))
}
