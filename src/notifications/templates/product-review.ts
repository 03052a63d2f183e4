import { mailWordsOf } from '../words/index.js'
import { page, paragraph, type RenderedMail } from './layout.js'

export interface DecidedProduct {
  product_id: string
  title: string
  status: 'approved' | 'rejected' | 'changes_requested'
  message: string | null
}

const said = {
  approved: { subject: 'is on sale', line: 'was approved and is on sale' },
  rejected: { subject: 'was rejected', line: 'was rejected' },
  changes_requested: { subject: 'needs changes', line: 'needs changes before it can be sold, and is a draft again' },
} as const

/** What a store says of a product that a vendor proposed. Where vendors sign in is English. */
export function productReview(sender: { store_name: string; contact_email: string | null }, product: DecidedProduct): RenderedMail {
  const { subject: end, line } = said[product.status]
  const subject = `“${product.title}” ${end}`
  const lines = [
    `“${product.title}” (${product.product_id}) ${line} at ${sender.store_name}.`,
    ...(product.message === null ? [] : [`${sender.store_name} says:`, product.message]),
    ...(product.status === 'approved'
      ? []
      : [`When it is ready: POST /vendor/products/${product.product_id} {"status": "proposed"}, and it is looked at again.`]),
  ]
  return {
    subject,
    text: [...lines, '', sender.store_name].join('\n'),
    html: page(subject, lines.map(paragraph).join(''), mailWordsOf('en'), { ...sender, locale: 'en' }),
  }
}
