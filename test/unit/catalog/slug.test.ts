import assert from 'node:assert/strict'
import fc from 'fast-check'
import { slugOf } from '../../../src/catalog/index.js'

describe('the handle made from a title', () => {
  for (const [title, slug] of [
    ['Ocean Blue Shirt', 'ocean-blue-shirt'],
    ['  Crème brûlée!  ', 'creme-brulee'],
    ['100% Wolle, 2er-Pack', '100-wolle-2er-pack'],
    ['ÅÄÖ', 'aao'],
    ['日本語', 'product'],
    ['', 'product'],
    ['--', 'product'],
  ] as const) {
    it(`${JSON.stringify(title)} is ${slug}`, () => {
      assert.equal(slugOf(title), slug)
    })
  }

  it('is always lower-case words with single hyphens between, and not too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (title) => {
        const slug = slugOf(title)
        assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/)
        assert.ok(slug.length <= 80)
      }),
      { numRuns: 500 },
    )
    assert.match(slugOf(`${'a'.repeat(79)} b`), /^a{79}$/)
  })

  it('of a handle is the handle', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (title) => {
        assert.equal(slugOf(slugOf(title)), slugOf(title))
      }),
    )
  })
})
