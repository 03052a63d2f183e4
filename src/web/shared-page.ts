import { createHash } from 'node:crypto'

/** A page that everybody shares, as it is kept and sent. */
export interface SharedPage {
  text: string
  etag: string
  status: number
  type: string
}

/** What shared caches are told. A page is asked for again soon, and shown meanwhile as it was. */
export const sharedCaching = 'public, max-age=0, s-maxage=5, stale-while-revalidate=60, stale-if-error=600'

export function sharedPage(text: string, status: number, type: string): SharedPage {
  return { text, status, type, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }
}
