/** Types of errors as Medusa's clients know them (Store API contract, errors). */
export type ErrorType =
  | 'invalid_data'
  | 'not_allowed'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'payment_authorization_error'
  | 'payment_requires_more_error'
  | 'duplicate_error'
  | 'quota_exceeded'
  | 'too_many_requests'
  | 'unexpected_state'
  | 'unknown_error'

export interface ErrorBody {
  type?: string
  code?: string
  message: string
}

/** An error that its cause can be told of: what was wrong, and what to do. */
export class StoaError extends Error {
  readonly type: ErrorType
  readonly status: number
  readonly code: string | undefined

  constructor(type: ErrorType, status: number, message: string, code?: string) {
    super(message)
    this.name = 'StoaError'
    this.type = type
    this.status = status
    this.code = code
  }
}

/** A value that only one row may have is another's. Medusa calls that invalid data; who catches it can tell it by its class. */
export class AlreadyExists extends StoaError {
  constructor(message: string) {
    super('invalid_data', 400, message)
    this.name = 'AlreadyExists'
  }
}

export const alreadyExists = (message: string) => new AlreadyExists(message)
export const invalidData = (message: string, code?: string) => new StoaError('invalid_data', 400, message, code)
export const notAllowed = (message: string, code?: string) => new StoaError('not_allowed', 400, message, code)
export const unauthorized = (message = 'Unauthorized') => new StoaError('unauthorized', 401, message)
export const forbidden = (message: string, code?: string) => new StoaError('forbidden', 403, message, code)
export const notFound = (message: string) => new StoaError('not_found', 404, message)
/** The same of what a column of something new or changed names, as Medusa says it. */
export const unrelated = (column: string, id: string | null | undefined) =>
  notFound(`You tried to set relationship ${column}: ${id}, but such entity does not exist`)
export const conflict = (message: string, code?: string) => new StoaError('conflict', 409, message, code)
export const duplicate = (message: string) => new StoaError('duplicate_error', 422, message, 'invalid_request_error')
export const quotaExceeded = (message: string) => new StoaError('quota_exceeded', 402, message, 'quota_exceeded')
export const tooManyRequests = (message: string) => new StoaError('too_many_requests', 429, message)
export const payloadTooLarge = (message: string) => new StoaError('invalid_data', 413, message, 'payload_too_large')
export const unexpectedState = (message: string) => new StoaError('unexpected_state', 500, message)
export const unavailable = (message: string) => new StoaError('unexpected_state', 503, message)
export const paymentAuthorizationError = (message: string) => new StoaError('payment_authorization_error', 422, message)
export const paymentRequiresMore = (message: string) => new StoaError('payment_requires_more_error', 422, message)

/** Any conflict, as Medusa's clients know it (Store API contract, errors): that it can be tried again, and no more. */
export const plainConflict: Required<ErrorBody> = {
  type: 'conflict',
  code: 'invalid_state_error',
  message: 'The request conflicted with another request. You may retry the request with the provided Idempotency-Key.',
}
const databaseConflict = new StoaError('conflict', 409, plainConflict.message, plainConflict.code)

/** What the database says, in words for the outside. Keys, values and constraint texts stay inside. */
const databaseErrors: Record<string, StoaError> = {
  '23505': duplicate('Table with column value already exists.'),
  '23503': notFound('A record that this request refers to was not found.'),
  '23502': invalidData('A required value is missing.'),
  '23514': invalidData('A value is outside what is allowed.'),
  '22003': invalidData('A number is too large.'),
  '22P02': invalidData('A value has the wrong form.'),
  '22021': invalidData('A text holds a character that cannot be stored.'),
  '22P05': invalidData('A text holds a character that cannot be stored.'),
  '22007': invalidData('A date has the wrong form.'),
  '22008': invalidData('A date is outside what can be stored.'),
  '22009': invalidData('A date has the wrong form.'),
  '22025': invalidData('A pattern ends in the middle of an escape.'),
  '40001': databaseConflict,
  '40P01': databaseConflict,
  '55P03': databaseConflict,
  '57014': unavailable('The request took too long. Try again, or ask for less at once.'),
  // The server ends connections when it restarts or fails over.
  '57P01': unavailable('The service is restarting. Try again in a moment.'),
  '57P03': unavailable('The service is restarting. Try again in a moment.'),
  '53300': unavailable('The service is busy. Try again in a moment.'),
}

/** Objection hands on PostgreSQL's error inside one of its own. */
function native(error: unknown): { code?: unknown; constraint?: string } | null {
  return ((error as { nativeError?: object } | null)?.nativeError ?? error) as { code?: unknown; constraint?: string } | null
}

/** The code of a PostgreSQL error, for example '23505'. */
export function databaseCode(error: unknown): string | undefined {
  const code = native(error)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** True for a unique violation of the given index or constraint (of any, when none is given). */
export function isDuplicate(error: unknown, constraint?: string): boolean {
  return databaseCode(error) === '23505' && (constraint === undefined || native(error)?.constraint === constraint)
}

/** Any error as status and body for a client. What is not ours or the database's tells nothing of the inside. */
export function toErrorBody(error: unknown): { status: number; body: ErrorBody } {
  const known = error instanceof StoaError ? error : databaseErrors[databaseCode(error) ?? '']
  if (known === undefined) {
    const code = 'unknown_error'
    return { status: 500, body: { code, type: code, message: 'An unknown error occurred.' } }
  }
  // Medusa's clients look for this one body without a type (Store API contract, headers).
  if (known.type === 'unauthorized' && known.message === 'Unauthorized') {
    return { status: 401, body: { message: 'Unauthorized' } }
  }
  const body: ErrorBody = { type: known.type, message: known.message }
  if (known.code !== undefined) body.code = known.code
  return { status: known.status, body }
}
