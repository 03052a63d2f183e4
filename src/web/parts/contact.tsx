import type { Visit } from '../visit.js'
import { afterSaleWordsOf } from '../words/after-sale.js'

/** Where the store is written to, wherever pages say that something is arranged by hand. Nothing where the store names no address. */
export function WriteToUs({ visit }: { visit: Visit }) {
  const { contact } = visit.shop.theme
  if (contact === undefined) return null
  return (
    <p class="contact">
      {afterSaleWordsOf(visit.locale).writeTo}:{' '}
      <a href={`mailto:${contact.email}`} dir="ltr">
        {contact.email}
      </a>
    </p>
  )
}
