import { invalidData } from '../kernel/index.js'

/** What spreadsheets save by themselves: .xlsx and .ods are archives, .xls is a file of the older kind. */
const workbooks = [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('d0cf11e0', 'hex')]

/** A file's text. Throws invalid_data for one that is empty or not UTF-8 text. */
export function textOf(content: Buffer): string {
  if (workbooks.some((start) => content.subarray(0, start.length).equals(start))) {
    throw invalidData('The file is a workbook of a spreadsheet, such as .xlsx, and no CSV: save it as CSV UTF-8')
  }
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
