const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** A text as it stands in XML. */
export function encode(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}
