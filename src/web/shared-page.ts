import { createHash } from 'node:crypto'
import { CompressedOnce, type Encoding } from '../http/index.js'

/** A page that everybody shares, as it is kept and sent. */
export interface SharedPage {
  text: string
  compressed: CompressedOnce
  /** Of its content, without quotes. */
  mark: string
  status: number
  type: string
}

/** What shared caches are told. A page is asked for again soon, and shown meanwhile as it was. */
export const sharedCaching = 'public, max-age=0, s-maxage=5, stale-while-revalidate=60, stale-if-error=600'

export function sharedPage(text: string, status: number, type: string): SharedPage {
  const mark = createHash('sha256').update(text).digest('base64url').slice(0, 22)
  return { text, status, type, mark, compressed: new CompressedOnce(text, 'kept') }
}

/** What a cache holds in one encoding is not what it holds in another. */
export const etagOf = ({ mark }: SharedPage, encoding: Encoding | null) => `"${mark}${encoding === null ? '' : `-${encoding}`}"`
