import assert from 'node:assert/strict'
import fc from 'fast-check'
import qs from 'qs'
import { parseQuery } from '../../../src/http/index.js'

describe('query strings', () => {
  const cases: [string, object][] = [
    ['', {}],
    ['limit=5&q=blue%20shirt', { limit: '5', q: 'blue shirt' }],
    ['id[0]=a&id[1]=b', { id: ['a', 'b'] }],
    ['id[]=a&id[]=b', { id: ['a', 'b'] }],
    ['id=a&id=b', { id: ['a', 'b'] }],
    ['id%5B%5D=a', { id: ['a'] }],
    ['id[]=a,b,c', { id: ['a', 'b', 'c'] }],
    ['id[]=a,b&id[]=c', { id: ['a,b', 'c'] }],
    ['id=a,b', { id: 'a,b' }],
    ['fields=id,title', { fields: 'id,title' }],
    ['fields=+items.total', { fields: ' items.total' }],
    ['created_at[$gte]=2026-01-01', { created_at: { $gte: '2026-01-01' } }],
    ['variants[options][value]=S', { variants: { options: { value: 'S' } } }],
    ['variants.sku=S1&variants.ean=E1', { variants: { sku: 'S1', ean: 'E1' } }],
    ['$and[0][title]=a&$and[1][handle]=b', { $and: [{ title: 'a' }, { handle: 'b' }] }],
    ['order=-variants.title', { order: '-variants.title' }],
    ['q=', { q: '' }],
    ['q', { q: '' }],
  ]
  for (const [text, expected] of cases) {
    it(`${text === '' ? 'of nothing' : text} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(parseQuery(text), expected)
    })
  }

  it('take as many ids as a filter may hold', () => {
    const ids = Array.from({ length: 200 }, (_entry, index) => `prod_${index}`)
    assert.deepEqual(parseQuery(ids.map((id, index) => `id[${index}]=${id}`).join('&')).id, ids)
    assert.deepEqual(parseQuery(ids.map((id) => `id[]=${id}`).join('&')).id, ids)
  })

  it('refuse keys that are nested too deeply', () => {
    assert.throws(() => parseQuery('a.b.c=1'), { type: 'invalid_data', message: 'Invalid request: the key a.b.c is nested too deeply' })
    assert.throws(() => parseQuery(`a${'[b]'.repeat(12)}=1`), { type: 'invalid_data', message: /nested too deeply/ })
  })

  it('cannot reach a prototype', () => {
    for (const text of [
      '__proto__[limit]=5',
      '__proto__.limit=5',
      'a[__proto__][limit]=5',
      'a.__proto__=5',
      'constructor[prototype][limit]=5',
      '__proto__=5',
    ]) {
      let parsed: Record<string, unknown> = {}
      try {
        parsed = parseQuery(text)
      } catch (error) {
        assert.equal((error as { type?: string }).type, 'invalid_data', text)
      }
      assert.equal(({} as { limit?: unknown }).limit, undefined, text)
      assert.equal(parsed.limit, undefined, text)
      assert.equal(Object.getPrototypeOf(parsed), Object.prototype, text)
    }
  })

  it('of what qs writes are what was written', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => !value.includes(','))
    const key = fc.stringMatching(/^[a-z_]{1,10}$/).filter((name) => !(name in {}))
    const value = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 5 }), fc.dictionary(key, text, { minKeys: 1, maxKeys: 3 }))
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 5 }), (given) => {
        const copy = (entry: unknown): unknown => (typeof entry === 'object' && !Array.isArray(entry) ? { ...(entry as object) } : entry)
        const expected = Object.fromEntries(Object.entries(given).map(([name, entry]) => [name, copy(entry)]))
        assert.deepEqual(parseQuery(qs.stringify(given)), expected)
      }),
    )
  })

  it('of any kind are an object or a refusal, never a crash', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (text) => {
        try {
          assert.equal(typeof parseQuery(text), 'object')
        } catch (error) {
          assert.equal((error as { type?: string }).type, 'invalid_data', text)
        }
      }),
      { numRuns: 500 },
    )
  })
})
