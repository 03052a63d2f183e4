import { invalidData } from '../kernel/index.js'

/** A file's text. Throws invalid_data for one that is empty or not UTF-8 text. */
export function textOf(content: Buffer): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw invalidData('The file is not UTF-8 text: save it as CSV UTF-8')
  }
  if (text.trim() === '') throw invalidData('The file is empty')
  if (text.includes('\0')) throw invalidData('The file is not text: it holds zero bytes')
  return text
}
