import { StoaError } from '../kernel/index.js'

/**
 * What the Store API refused, for the page to say beside the field. What is no refusal is thrown on: a failure of ours,
 * and too many requests, which have a page of their own.
 */
export function refusalIn(error: unknown): StoaError {
  if (!(error instanceof StoaError) || error.status >= 500 || error.type === 'too_many_requests') throw error
  return error
}
