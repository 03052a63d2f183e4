/** Words of a search at most: each costs a look into the index. */
const wordsMaximum = 8

/** What somebody typed, as the words that are looked for: lower-case, without signs at their ends, each once. */
export function wordsOf(text: string): string[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '')
  return [...new Set(words)].slice(0, wordsMaximum)
}
