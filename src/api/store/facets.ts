import type { Facets, FacetValue } from '../../catalog/index.js'
import type { Context } from '../../db/index.js'
import { fieldsOf, referenceOf, translated } from '../../translations/index.js'

/**
 * Facets as answers hold them: labels are in the language, and what products are narrowed by stays the store's own word.
 */
export async function answeredFacets(context: Context, locale: string | null, { options, ...facets }: Facets): Promise<object> {
  const named: { thing: { id: string; [field: string]: string }; take(word: string): void }[] = []
  const name = (id: string, text: string, take: (word: string) => void) => {
    const reference = referenceOf(id)
    const field = reference === undefined ? undefined : fieldsOf(reference)[0]
    if (field !== undefined && field !== 'description') named.push({ thing: { id, [field]: text }, take })
  }
  for (const values of [facets.category, facets.collection, facets.type, facets.tag]) {
    for (const value of values ?? []) {
      name(String(value.value), value.label ?? '', (word) => {
        value.label = word
      })
    }
  }
  const worded = options?.map(({ id, title, values }) => {
    const option: { title: string; label?: string; values: FacetValue[] } = { title, values: [] }
    name(id, title, (word) => {
      option.label = word
    })
    for (const { id: valueId, ...value } of values) {
      option.values.push(value)
      name(valueId as string, String(value.value), (word) => {
        value.label = word
      })
    }
    return option
  })
  const before = named.map(({ thing }) => ({ ...thing }))
  await translated(
    context,
    locale,
    named.map(({ thing }) => thing),
  )
  for (const [index, { thing, take }] of named.entries()) {
    const [field, word] = Object.entries(thing).find(([key]) => key !== 'id') as [string, string]
    if (word !== before[index]?.[field]) take(word)
  }
  return { ...facets, ...(worded === undefined ? {} : { options: worded }) }
}
