import assert from 'node:assert/strict'
import {
  alreadyExists,
  conflict,
  databaseCode,
  duplicate,
  forbidden,
  invalidData,
  isDuplicate,
  notAllowed,
  notFound,
  paymentAuthorizationError,
  paymentRequiresMore,
  payloadTooLarge,
  quotaExceeded,
  toErrorBody,
  tooManyRequests,
  unauthorized,
  unavailable,
  unexpectedState,
} from '../../../src/kernel/index.js'

const fromDatabase = (code: string, more: object = {}) =>
  Object.assign(new Error('duplicate key value violates unique constraint "product_handle"'), {
    code,
    detail: 'Key (handle)=(secret) exists',
    ...more,
  })

describe('errors', () => {
  it('have the statuses and types that Medusa’s clients know', () => {
    const cases: [Error, number, string | undefined, string | undefined][] = [
      [invalidData('x'), 400, 'invalid_data', undefined],
      [notAllowed('x', 'insufficient_inventory'), 400, 'not_allowed', 'insufficient_inventory'],
      [unauthorized('Invalid email or password'), 401, 'unauthorized', undefined],
      [forbidden('x'), 403, 'forbidden', undefined],
      [notFound('x'), 404, 'not_found', undefined],
      [conflict('x', 'invalid_state_error'), 409, 'conflict', 'invalid_state_error'],
      [alreadyExists('x'), 400, 'invalid_data', undefined],
      [duplicate('x'), 422, 'duplicate_error', 'invalid_request_error'],
      [paymentAuthorizationError('x'), 422, 'payment_authorization_error', undefined],
      [paymentRequiresMore('x'), 422, 'payment_requires_more_error', undefined],
      [quotaExceeded('x'), 402, 'quota_exceeded', 'quota_exceeded'],
      [tooManyRequests('x'), 429, 'too_many_requests', undefined],
      [payloadTooLarge('x'), 413, 'invalid_data', 'payload_too_large'],
      [unexpectedState('x'), 500, 'unexpected_state', undefined],
      [unavailable('x'), 503, 'unexpected_state', undefined],
    ]
    for (const [error, status, type, code] of cases) {
      const body = code === undefined ? { type, message: error.message } : { type, message: error.message, code }
      assert.deepEqual(toErrorBody(error), { status, body }, String(type))
    }
  })

  it('a missing sign-in has the one body without a type', () => {
    assert.deepEqual(toErrorBody(unauthorized()), { status: 401, body: { message: 'Unauthorized' } })
  })

  it('of the database are put into words without keys, values or names of constraints', () => {
    const expected: Record<string, [number, string]> = {
      '23505': [422, 'duplicate_error'],
      '23503': [404, 'not_found'],
      '23502': [400, 'invalid_data'],
      '23514': [400, 'invalid_data'],
      '22003': [400, 'invalid_data'],
      '22P02': [400, 'invalid_data'],
      '22021': [400, 'invalid_data'],
      '40001': [409, 'conflict'],
      '40P01': [409, 'conflict'],
      '55P03': [409, 'conflict'],
      '57014': [503, 'unexpected_state'],
      '53300': [503, 'unexpected_state'],
    }
    for (const [code, [status, type]] of Object.entries(expected)) {
      const answer = toErrorBody(fromDatabase(code))
      assert.deepEqual([answer.status, answer.body.type], [status, type], code)
      assert.doesNotMatch(JSON.stringify(answer.body), /secret|product_handle|constraint/, code)
    }
    assert.equal(toErrorBody(fromDatabase('23505')).body.message, 'Table with column value already exists.')
    assert.equal(toErrorBody(fromDatabase('40001')).body.code, 'invalid_state_error')
  })

  it('of anything else tell nothing of the inside', () => {
    const unknown = { status: 500, body: { code: 'unknown_error', type: 'unknown_error', message: 'An unknown error occurred.' } }
    for (const error of [
      new Error('password is hunter2'),
      fromDatabase('42501'),
      fromDatabase('25P02'),
      'text',
      null,
      undefined,
      7,
      { code: 'ECONNREFUSED' },
      { code: 'constructor' },
    ]) {
      assert.deepEqual(toErrorBody(error), unknown)
    }
  })

  it('of the database are told by their code', () => {
    assert.equal(databaseCode(fromDatabase('23505')), '23505')
    for (const error of [new Error('x'), null, undefined, 'text', { code: 23_505 }, { code: 'ECONNRESET' }, { code: '2350' }]) {
      assert.equal(databaseCode(error), undefined)
    }
    const error = fromDatabase('23505', { constraint: 'product_handle' })
    assert.deepEqual([isDuplicate(error), isDuplicate(error, 'product_handle'), isDuplicate(error, 'other')], [true, true, false])
    assert.equal(isDuplicate(fromDatabase('23503')), false)
  })
})
