import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { limits } from '../kernel/index.js'
import type { Problem } from './problem.js'

/** A file that cannot be read at all. */
export class UnreadableFile extends Error {
  readonly problem: Problem

  constructor(line: number, column: string | null, reason: string) {
    super(reason)
    this.problem = { line, column, value: null, reason, handle: null }
  }
}

const chunk_bytes = 64 * 1_024

/**
 * Reads a file of separated values, record by record, the header first. In chunks, so that a large file does not hold up
 * everything else in the process. Records without a word are left out.
 * @param take is given each record with the line of the file that it begins on
 * @throws UnreadableFile for broken quoting, for files without rows and for those that are too long
 */
export async function readRecords(text: string, take: (record: string[], line: number) => void, delimiter = ','): Promise<void> {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''), 'utf8')
  const lines = lineCounter(bytes)
  // The first is the header.
  let records = 0
  const note = (record: string[], end: number) => {
    const line = lines.next(end)
    if (records > 0 && record.every((cell) => cell.trim() === '')) return
    if (records > limits.importRows) throw new UnreadableFile(line, null, `A file has at most ${limits.importRows} rows: divide it`)
    take(record, line)
    records += 1
  }
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    // Taken as they are read: what the stream still holds when it meets an error would be lost, and with it the line.
    on_record: (record: string[], context) => {
      note(record, context.bytes)
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunksOf(bytes)), parser.resume())
  } catch (error) {
    if (error instanceof CsvError)
      throw new UnreadableFile(lines.here(), null, quotingReasons[error.code] ?? 'The row cannot be read as CSV')
    throw error
  }
  if (records === 0) throw new UnreadableFile(1, null, 'The file is empty')
  if (records === 1) throw new UnreadableFile(1, null, 'The file has a header and no rows')
}

const quotingReasons: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened here and never closed',
  INVALID_OPENING_QUOTE: 'A quote stands inside a cell that does not begin with one: write it twice, and quote the cell',
  CSV_INVALID_CLOSING_QUOTE: 'A quoted cell goes on behind its closing quote: write quotes inside it twice',
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += chunk_bytes) {
    yield bytes.subarray(from, from + chunk_bytes)
    await setImmediate()
  }
}

const lineFeed = 10
const carriageReturn = 13

/** The parser counts a Windows line end inside a quoted cell twice: lines are counted here, from where each record ends. */
function lineCounter(bytes: Buffer) {
  let at = 0
  let line = 1
  const step = () => {
    const isEnd = bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)
    if (isEnd) line += 1
    at += 1
  }
  const skipEmpty = () => {
    while (bytes[at] === lineFeed || bytes[at] === carriageReturn) step()
  }
  return {
    /** The line that the record ending at a byte begins on. */
    next(end: number): number {
      skipEmpty()
      const first = line
      while (at < end) step()
      return first
    },
    /** The line that the record which could not be read begins on. */
    here(): number {
      skipEmpty()
      return line
    },
  }
}
