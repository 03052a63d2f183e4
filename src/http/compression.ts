import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { Context as KoaContext, Next } from 'koa'
import { sessionCookie } from '../access/index.js'

export type Encoding = 'br' | 'gzip'

const brotli = promisify(zlib.brotliCompress)
const gzip = promisify(zlib.gzip)

/**
 * How hard it is tried, by how long the result is kept. Measured on a list of twelve products (59 kB, which takes some 5 ms
 * to make): `quick` 0.2 ms for 6.3 kB, brotli's 3 0.5 ms for 5.8, its 5 1.2 ms for 5.1. A product's page (14 kB) comes to 3.2 kB by
 * `kept` in 0.8 ms, once for all who ask within five seconds.
 */
const qualities = {
  quick: { br: 1, gzip: 1 },
  kept: { br: 5, gzip: 6 },
  for_ever: { br: 11, gzip: 9 },
} as const
export type Effort = keyof typeof qualities

/** Less gains nothing that anybody would notice. */
const least_bytes = 500

/** In what the answer may be sent; null for as it is. Says so to caches, whatever comes of it. */
export function encodingFor(ctx: KoaContext, text: string): Encoding | null {
  if (text.length < least_bytes) return null
  ctx.vary('accept-encoding')
  // Browsers name gzip first, out of habit.
  return (['br', 'gzip'] as const).find((encoding) => ctx.acceptsEncodings(encoding, 'identity') === encoding) ?? null
}

export function compress(text: string, encoding: Encoding, effort: Effort): Promise<Buffer> {
  const quality = qualities[effort][encoding]
  if (encoding === 'gzip') return gzip(text, { level: quality })
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants
  return brotli(text, { params: { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) } })
}

/** A text that is sent more than once: compressed when it is first asked for, once for each encoding. */
export class CompressedOnce {
  readonly #made = new Map<Encoding, Promise<Buffer>>()
  readonly #text: string
  readonly #effort: Effort

  constructor(text: string, effort: Effort) {
    this.#text = text
    this.#effort = effort
  }

  as(encoding: Encoding): Promise<Buffer> {
    const made = this.#made.get(encoding) ?? compress(this.#text, encoding, this.#effort)
    this.#made.set(encoding, made)
    return made
  }
}

/**
 * Compresses the JSON answers of the API. Not those that hand out tokens, and none to whom a session's cookie is known: how
 * long an answer is when a page elsewhere makes a browser ask for it must say nothing of what is in it.
 */
export async function compressedAnswers(ctx: KoaContext, next: Next): Promise<void> {
  await next()
  const { body } = ctx
  const isPrivate = ctx.path.startsWith('/auth/') || (ctx.cookies.get(sessionCookie) ?? '') !== ''
  if (typeof body !== 'string' || isPrivate || ctx.res.hasHeader('content-encoding')) return
  const encoding = encodingFor(ctx, body)
  if (encoding === null) return
  ctx.body = await compress(body, encoding, 'quick')
  ctx.set('content-encoding', encoding)
}
