/** How words that were found are marked in a copy of the text. */
export interface Highlight {
  attributes: readonly string[]
  pre_tag: string
  post_tag: string
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] as string)

/**
 * The texts of a thing that hold one of the words, with the words between the tags. Everything else in them is escaped:
 * pages put this into their HTML, and the texts are other people's.
 */
export function highlighted(thing: object, words: readonly string[], highlight: Highlight): Record<string, string> {
  const marked: Record<string, string> = {}
  if (words.length === 0) return marked
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'giu')
  for (const name of highlight.attributes) {
    const text = (thing as Record<string, unknown>)[name]
    if (typeof text !== 'string') continue
    const parts = text.split(pattern)
    if (parts.length === 1) continue
    marked[name] = parts
      .map((part, index) => (index % 2 === 1 ? `${highlight.pre_tag}${escaped(part)}${highlight.post_tag}` : escaped(part)))
      .join('')
  }
  return marked
}
