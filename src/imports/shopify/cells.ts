import { limits, StoaError, toMinor } from '../../kernel/index.js'
import { commaDecimal } from '../medusa/read-file.js'
import { type Problem, problemOf } from '../problem.js'
import type { Column, Row } from './read-csv.js'

/** Reads the cells of one product's rows, and keeps what is wrong with them. */
export interface CellReader {
  readonly problems: Problem[]
  refuse(row: Row, column: Column | null, reason: string): void
  /** A text of at most so many characters; '' when it is longer. */
  text(row: Row, column: Column, characters: number): string
  /** True or false as Shopify writes them; undefined for an empty cell. */
  flag(row: Row, column: Column): boolean | undefined
  /** One of some words, in lower case; undefined for an empty cell. */
  word(row: Row, column: Column, allowed: readonly string[]): string | undefined
  /** A number that is not negative; undefined for an empty cell. */
  number(row: Row, column: Column): number | undefined
  whole(row: Row, column: Column): number | undefined
  /** An amount in minor units of the currency; undefined for an empty cell. */
  amount(row: Row, column: Column, currency: string): bigint | undefined
  /** A web address; undefined for an empty cell. */
  address(row: Row, column: Column): string | undefined
}

export const nameMaximum = limits.name_characters
const wholeMaximum = 1_000_000_000
const address_characters = 2_000

export function cellReader(handle: string | null): CellReader {
  const problems: Problem[] = []
  const refuse = (row: Row, column: Column | null, reason: string) => {
    const value = column === null ? null : row.cells[column]
    problems.push(problemOf({ line: row.line, column, value, reason, handle }))
  }
  const read = <Value>(row: Row, column: Column, reason: string, parse: (text: string) => Value | undefined): Value | undefined => {
    const text = row.cells[column]
    if (text === '') return undefined
    const value = parse(text)
    if (value === undefined) refuse(row, column, reason)
    return value
  }
  return {
    problems,
    refuse,
    text(row, column, characters) {
      const fits = row.cells[column].length <= characters
      if (!fits) refuse(row, column, `is longer than ${characters} characters`)
      return fits ? row.cells[column] : ''
    },
    flag: (row, column) => read(row, column, 'is neither true nor false', flagOf),
    word: (row, column, allowed) =>
      read(row, column, `is none of ${allowed.join(', ')}`, (text) => allowed.find((word) => word === text.toLowerCase())),
    number: (row, column) =>
      read(row, column, 'is not a number of 0 or more', (text) => (/^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined)),
    whole: (row, column) =>
      read(row, column, 'is not a whole number', (text) => {
        const value = /^-?\d{1,10}(?:\.0+)?$/.test(text) ? Number(text) : undefined
        return value !== undefined && Math.abs(value) <= wholeMaximum ? value : undefined
      }),
    address: (row, column) => read(row, column, 'is not a web address', addressOf),
    amount(row, column, currency) {
      const text = row.cells[column]
      if (text === '') return undefined
      if (commaDecimal.test(text)) {
        refuse(row, column, 'has a comma: write a point before the decimals, such as 12.50')
        return undefined
      }
      try {
        const minor = toMinor(text, currency)
        if (minor >= 0n) return minor
        refuse(row, column, 'is below 0')
      } catch (error) {
        if (!(error instanceof StoaError)) throw error
        refuse(row, column, error.message)
      }
      return undefined
    },
  }
}

function flagOf(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

function addressOf(text: string): string | undefined {
  if (text.length > address_characters || !/^https?:\/\//i.test(text)) return undefined
  return URL.canParse(text) ? text : undefined
}
