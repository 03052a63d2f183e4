import assert from 'node:assert/strict'
import fc from 'fast-check'
import { changesBetween } from '../../../src/audit/index.js'

const value = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('a', 'b'),
  fc.constant(null),
  fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
)
// As JSON.parse makes them: rows have no objects without a prototype.
const plain = { noNullPrototype: true }
const object = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.oneof(value, fc.dictionary(fc.constantFrom('p', 'q'), value, plain)), plain)

type Json = Record<string, unknown>
const isObject = (one: unknown): one is Json => typeof one === 'object' && one !== null && !Array.isArray(one)

/** Puts one side of the changes over an object. */
function applied(base: Json, change: Json | null): Json {
  const result: Json = { ...base }
  for (const [name, one] of Object.entries(change ?? {}))
    result[name] = isObject(one) && isObject(base[name]) ? applied(base[name], one) : one
  return result
}

/** What is not there and what is null are the same to a record. */
const withoutNulls = (one: Json): Json =>
  Object.fromEntries(
    Object.entries(one)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => [name, isObject(each) ? withoutNulls(each) : each]),
  )

describe('what differs between two states', () => {
  it('leads from the one to the other, and back', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const changes = changesBetween(before, after)
        assert.deepEqual(withoutNulls(applied(before, changes.after)), withoutNulls(after))
        assert.deepEqual(withoutNulls(applied(after, changes.before)), withoutNulls(before))
      }),
    )
  })

  it('is nothing between equals, and the whole where one side was not there', () => {
    assert.deepEqual(changesBetween({ a: { b: 1 } }, { a: { b: 1 } }), { before: null, after: null })
    assert.deepEqual(changesBetween({ a: {} }, { a: { b: null } }), { before: null, after: null })
    assert.deepEqual(changesBetween(null, { a: 1 }), { before: null, after: { a: 1 } })
    assert.deepEqual(changesBetween({ a: 1, b: 2 }, { a: 1, b: 3 }), { before: { b: 2 }, after: { b: 3 } })
  })
})
