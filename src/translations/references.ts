/** What can be translated: the table whose row it is, the beginning of its ids, and which of its texts. */
const translatable = {
  product: { prefix: 'prod', fields: ['title', 'subtitle', 'description', 'material'] },
  product_variant: { prefix: 'variant', fields: ['title', 'material'] },
  product_option: { prefix: 'opt', fields: ['title'] },
  product_option_value: { prefix: 'optval', fields: ['value'] },
  product_category: { prefix: 'pcat', fields: ['name', 'description'] },
  product_collection: { prefix: 'pcol', fields: ['title'] },
  product_type: { prefix: 'ptyp', fields: ['value'] },
  product_tag: { prefix: 'ptag', fields: ['value'] },
  region: { prefix: 'reg', fields: ['name'] },
  return_reason: { prefix: 'rr', fields: ['label', 'description'] },
  shipping_option: { prefix: 'so', fields: ['name'] },
  vendor: { prefix: 'vend', fields: ['description'] },
} as const

export type Reference = keyof typeof translatable

export const references = Object.keys(translatable) as [Reference, ...Reference[]]

export function fieldsOf(reference: Reference): readonly string[] {
  return translatable[reference].fields
}

const byPrefix = new Map<string, Reference>(references.map((reference) => [translatable[reference].prefix, reference]))

/** What an id is of, as far as it can be translated. */
export function referenceOf(id: string): Reference | undefined {
  return byPrefix.get(id.slice(0, id.indexOf('_')))
}
