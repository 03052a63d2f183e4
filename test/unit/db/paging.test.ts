import assert from 'node:assert/strict'
import { wordPatterns } from '../../../src/db/index.js'

describe('the words of a search', () => {
  it('are each looked for as they were typed, and nothing typed is no search', () => {
    assert.deepEqual(wordPatterns('red 50%_off\\'), ['%50\\%\\_off\\\\%', '%red%'])
    assert.deepEqual(wordPatterns("Baker's ' "), ['%Baker_s%'])
    for (const nothing of [undefined, '', ' \t\n']) assert.equal(wordPatterns(nothing), null)
  })

  it('are looked for once, however often and in whatever parts they are said', () => {
    assert.deepEqual(wordPatterns('- '.repeat(100)), ['%-%'])
    assert.deepEqual(wordPatterns('Shirt shirts SHIRTS hir blue'), ['%shirts%', '%blue%'])
  })

  it('are the eight longest of many', () => {
    const many = Array.from({ length: 20 }, (_, n) => 'abcdefghijklmnopqrst'.slice(n) + String(n).padStart(2, '0'))
    const longest = many.slice(0, 8).map((word) => `%${word}%`)
    assert.deepEqual(wordPatterns(many.reverse().join(' ')), longest)
  })
})
