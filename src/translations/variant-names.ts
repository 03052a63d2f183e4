/** What files and imports call a product's only variant: it needs no name beside the product's. */
const sole = 'Default'

export const isNamed = (title: string | null): title is string => title !== null && title !== sole

/**
 * What a variant is called in another language than it was sold in: by its own words there, or else by the values of its options.
 * @param sold its title when it was sold
 * @param now its title in the language, which is the one in the store's own where it has none
 */
export function variantName(sold: string | null, now: string | null, values: readonly string[]): string | null {
  return now !== sold || !isNamed(sold) || values.length === 0 ? now : values.join(' / ')
}
