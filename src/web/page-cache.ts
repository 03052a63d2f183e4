import { createHash } from 'node:crypto'

export interface KeptPage {
  html: string
  etag: string
  status: number
  type: string
}

/** A page that was made is shown this long without looking whether anything has changed: as long as keys are believed. */
const fresh_ms = 5_000
const pagesKept = 400

/** What shared caches are told. A page is asked for again soon, and shown meanwhile as it was. */
export const sharedCaching = 'public, max-age=0, s-maxage=5, stale-while-revalidate=60, stale-if-error=600'

export function keptPage(html: string, status: number, type: string): KeptPage {
  return { html, status, type, etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"` }
}

/** Pages that look alike to everybody, made once for all who ask for them at the same moment. */
export class PageCache {
  readonly #pages = new Map<string, { page: Promise<KeptPage>; until: number }>()

  get(key: string, make: () => Promise<KeptPage>): Promise<KeptPage> {
    const now = performance.now()
    const known = this.#pages.get(key)
    if (known !== undefined && known.until > now) return known.page
    const page = make()
    this.#pages.delete(key)
    this.#pages.set(key, { page, until: now + fresh_ms })
    const forget = () => this.#pages.delete(key)
    page.then(({ status }) => status >= 400 && forget(), forget)
    if (this.#pages.size > pagesKept) this.#pages.delete(this.#pages.keys().next().value as string)
    return page
  }
}
