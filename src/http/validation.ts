import { type output, type ZodType, z } from 'zod'
import { invalidData, limits } from '../kernel/index.js'

type Issue = z.core.$ZodIssue

const issuesShown = 3

/**
 * Parses input from outside, with Medusa's messages (Store API contract, errors).
 * @throws invalid_data `Invalid request: …` with up to three problems
 */
export function parseWith<Schema extends ZodType>(schema: Schema, input: unknown): output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return parsed.data
  const messages = parsed.error.issues.filter(isLowestLimit).flatMap((issue) => messagesOf(asSent(issue, input)))
  throw invalidData(`Invalid request: ${messages.slice(0, issuesShown).join('; ')}`)
}

/** A number beyond what a computer counts to is beyond its own limit, too: the lower limit says more. */
function isLowestLimit(issue: Issue, _index: number, all: readonly Issue[]): boolean {
  if (issue.code !== 'too_big') return true
  const isSameField = (other: Issue) => other.path.length === issue.path.length && other.path.every((part, at) => part === issue.path[at])
  return !all.some((other) => other.code === 'too_big' && isSameField(other) && other.maximum < issue.maximum)
}

/** A number that was made of a text names the text: nobody sent NaN. */
function asSent(issue: Issue, input: unknown): Issue {
  if (!Number.isNaN(issue.input)) return issue
  const sent = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input)
  return { ...issue, input: sent } as Issue
}

function messagesOf(issue: Issue): string[] {
  const field = issue.path.map(String).join(', ')
  switch (issue.code) {
    case 'invalid_type':
      return [issue.input === undefined ? `Field '${field}' is required` : expectedType(issue.expected, field, issue.input)]
    case 'invalid_value':
      return [
        issue.input === undefined
          ? `Field '${field}' is required`
          : `Expected: '${issue.values.map(String).join(', ')}' for field '${field}', but got: '${shown(issue.input)}'`,
      ]
    case 'unrecognized_keys':
      return [`Unrecognized fields: '${issue.keys.join(', ')}'`]
    case 'too_small':
      // That there must be a piece at all is refused in Medusa's words, which the Store API's contract has.
      return issue.inclusive === false && issue.path.at(-1) !== 'quantity'
        ? [`Value for field '${field}' too small, expected more than: '${issue.minimum}'`]
        : [`Value for field '${field}' too small, expected at least: '${issue.minimum}'`]
    case 'too_big':
      return [`Value for field '${field}' too big, expected at most: '${issue.maximum}'`]
    case 'invalid_union':
      return unionMessages(issue, field)
    case 'invalid_format':
      // As Medusa has it; what a person typed into a form needs no name of its field.
      return [field === '' || issue.format === 'email' ? issue.message : `Field '${field}': ${issue.message}`]
    default:
      return [field === '' ? issue.message : `Field '${field}': ${issue.message}`]
  }
}

function unionMessages(issue: Extract<Issue, { code: 'invalid_union' }>, field: string): string[] {
  if (issue.input === undefined) return [`Field '${field}' is required`]
  if ('options' in issue && issue.discriminator !== undefined) {
    const said = (issue.input as Record<string, unknown>)[issue.discriminator]
    return messagesOf({ ...issue, code: 'invalid_value', values: issue.options ?? [], input: said } as Issue)
  }
  const meant = branchesMeant(issue.errors)
  // The branch that got furthest says most about what was meant.
  const deepest = meant.map((errors) => errors.filter((error) => error.path.length > 0)).find((errors) => errors.length > 0)
  if (deepest !== undefined) {
    return deepest.flatMap((error) => messagesOf({ ...error, path: [...issue.path, ...error.path] } as Issue))
  }
  const unknown = meant.flat().find((error) => error.code === 'unrecognized_keys')
  if (unknown !== undefined) return messagesOf({ ...unknown, path: issue.path } as Issue)
  // Of a choice of texts, as of true and false in a query, the type beside it says enough; that nothing would do, too, goes without saying.
  const named = issue.errors.flat().flatMap((error) => (error.code === 'invalid_type' && error.expected !== 'null' ? [error.expected] : []))
  const [told] = issue.errors.filter(saysMore)
  if (told !== undefined && named.every((type) => type === 'array'))
    return told.flatMap((error) => messagesOf({ ...error, path: issue.path } as Issue))
  const types = named.length > 0 ? named : issue.errors.flat().map((error) => (isOfTime(error) ? 'date' : error.code))
  return [expectedType([...new Set(types)].join(', '), field, issue.input)]
}

/** Those that something of this kind was sent for, and that know most of its keys. */
function branchesMeant(branches: readonly Issue[][]): Issue[][] {
  const ofItself = (errors: readonly Issue[]) => errors.filter((error) => error.path.length === 0)
  const unknownTo = (errors: readonly Issue[]) =>
    ofItself(errors).reduce((count, error) => count + (error.code === 'unrecognized_keys' ? error.keys.length : 0), 0)
  const ofKind = branches.filter((errors) => ofItself(errors).every((error) => error.code === 'unrecognized_keys'))
  const least = Math.min(...ofKind.map(unknownTo))
  return ofKind.filter((errors) => unknownTo(errors) === least)
}

/** What one of these, or several, would do says of one that is none which there are, and of an address what it must be. */
const saysMore = (errors: readonly Issue[]) =>
  errors.every(
    (error) => error.path.length === 0 && (error.code === 'invalid_value' || (error.code === 'invalid_format' && !isOfTime(error))),
  )

const isOfTime = (issue: Issue) => issue.code === 'invalid_format' && ['date', 'datetime'].includes(issue.format)

function expectedType(expected: string, field: string, input: unknown): string {
  const type = expected === 'int' ? 'integer' : expected
  return `Expected type: '${type}' for field '${field}', got: '${shown(input)}'`
}

/** What was sent, as Medusa's clients read it: parts of a list with commas between, and of an object that it is one. */
function shown(input: unknown): string {
  if (Array.isArray(input))
    return input
      .map((part) => (part == null ? '' : shown(part)))
      .join(',')
      .slice(0, 100)
  return typeof input === 'object' && input !== null ? '[object Object]' : String(input).slice(0, 100)
}

/** Schemas that many routes share. */
export const nothing = z.strictObject({})
/** What a client keeps with a thing, and we do not look into. */
export const freeObject = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => JSON.stringify(value).length <= limits.metadata_characters, `is larger than ${limits.metadata_characters} characters`)
export const metadata = freeObject.nullish()
export const currencyCode = z.string().length(3).toLowerCase()
/** Names of which none is said twice, as an option's values. */
export const distinctNames = (names: z.ZodArray<ZodType<string>>) =>
  names.superRefine((all, context) => {
    const twice = all.find((name, index) => all.indexOf(name) < index)
    if (twice !== undefined) context.addIssue({ code: 'custom', message: `names '${twice}' twice: name each once` })
  })
export const countryCode = z.string().length(2).toLowerCase()
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email())
/** One value or several, as filters take them; always an array afterwards. */
export const oneOrMany = z
  .union([z.string().max(500), z.array(z.string().max(500)).max(200)])
  .transform((value) => (Array.isArray(value) ? value : [value]))
export const booleanText = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
export const address = z.strictObject({
  id: z.string().max(64).nullish(),
  first_name: z.string().max(200).nullish(),
  last_name: z.string().max(200).nullish(),
  phone: z.string().max(50).nullish(),
  company: z.string().max(200).nullish(),
  address_1: z.string().max(300).nullish(),
  address_2: z.string().max(300).nullish(),
  city: z.string().max(200).nullish(),
  country_code: z.string().max(2).toLowerCase().nullish(),
  province: z.string().max(100).nullish(),
  postal_code: z.string().max(20).nullish(),
  metadata,
})
