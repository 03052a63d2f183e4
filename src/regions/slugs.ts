/**
 * What addresses of a store's pages call its regions, by id: the store's own first, the others in the order of their ids. Two of
 * one name are told apart by where they stand.
 */
export function regionSlugs(regions: readonly { id: string; name: string }[]): Map<string, string> {
  const slugs = new Map<string, string>()
  for (const [index, { id, name }] of regions.entries()) {
    const slug = slugOf(name)
    const isTaken = regions.slice(0, index).some((other) => slugOf(other.name) === slug)
    slugs.set(id, isTaken ? `${slug}-${index + 1}` : slug)
  }
  return slugs
}

/**
 * The beginning of a page's address: `/in-europe/de`. What is the store's own, region or language, has no name in it.
 * @param slug of the region; null for the store's own
 * @param locale null for the store's own
 */
export function pagePrefix(slug: string | null, locale: string | null): string {
  return `${slug === null ? '' : `/in-${slug}`}${locale === null ? '' : `/${locale}`}`
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-|-$/g, '') || 'region'
}
