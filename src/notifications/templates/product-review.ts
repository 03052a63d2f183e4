import { mailWordsOf } from '../words/index.js'
import { lines, page, paragraph, type RenderedMail } from './layout.js'

export interface DecidedProduct {
  product_id: string
  title: string
  status: 'approved' | 'rejected' | 'changes_requested'
  message: string | null
}

const outcomes = {
  approved: { subject: 'was approved', line: 'was approved: it is published' },
  rejected: { subject: 'was rejected', line: 'was rejected' },
  changes_requested: { subject: 'needs changes', line: 'needs changes before it can be sold, and is a draft again' },
} as const

/** What a store says of a product that a vendor proposed. Where vendors sign in is English. */
export function productReview(sender: { store_name: string; contact_email: string | null }, product: DecidedProduct): RenderedMail {
  const { subject: outcome, line } = outcomes[product.status]
  const subject = `“${product.title}” ${outcome}`
  const before = [
    `“${product.title}” (${product.product_id}) ${line} at ${sender.store_name}.`,
    ...(product.message === null ? [] : [`${sender.store_name} says:`]),
  ]
  const said = product.message === null ? [] : [product.message]
  const after = [`When it is ready: POST /vendor/products/${product.product_id} {"status": "proposed"}, and it is looked at again.`]
  const end = product.status === 'approved' ? [] : after
  return {
    subject,
    text: [...before, ...said, ...end, '', sender.store_name].join('\n'),
    html: page(subject, [...before.map(paragraph), ...said.map(lines), ...end.map(paragraph)].join(''), mailWordsOf('en'), {
      ...sender,
      locale: 'en',
    }),
  }
}
