import assert from 'node:assert/strict'
import { parse } from 'csv-parse/sync'
import { csvLine, csvOf, unguarded } from '../../../src/kernel/index.js'

describe('cells of a file', () => {
  /** What a cell is written as, without the quotes around it. */
  const written = (text: string) => (parse(csvLine([text])) as string[][])[0]?.[0]

  it('are shown as text where a spreadsheet would run them', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\ta', '\ra', '\na', '＝1+1', '＋1', '－1', '＠SUM(A1)', `'=1`, '"=1"'])
      assert.equal(written(text), `'${text}`, JSON.stringify(text))
    // Where semicolons part cells these begin one, and so do lines: a quote inside a cell opens nothing there.
    assert.equal(written('a;=1+1'), `a;'=1+1`)
    assert.equal(written('a;"＝1+1;'), `a;'"＝1+1;`)
    assert.equal(written('a\r\n=1+1\n- b'), `a\r\n'=1+1\n'- b`)
    for (const text of ['', 'a', 'a=b', 'a - b', 'a; b', 'a\n\nb\r\n\r\nc', "it's", "'", '";"', 'a;b']) assert.equal(written(text), text)
    const file = csvOf(
      ['a', 'b', 'c'],
      [
        ['x,"y"', -1, true],
        ['-1', null, false],
      ],
    )
    assert.equal(file, `a,b,c\r\n"x,""y""",-1,true\r\n'-1,,false\r\n`)
  })

  it('come back as they were', () => {
    const parts = [';', '\n', '\r', '\t', "'", '"', '=', '-', '＝', '＠', ' ', 'a', '']
    let seed = 1
    const next = () => {
      seed = (seed * 48_271) % 2_147_483_647
      return parts[seed % parts.length] as string
    }
    const texts = Array.from({ length: 10_000 }, (_none, index) => Array.from({ length: 1 + (index % 7) }, next).join(''))
    const cells = parse(texts.map((text) => csvLine([text, 'end'])).join('')) as string[][]
    assert.deepEqual(
      cells.map(([cell]) => unguarded(cell as string)),
      texts,
    )
  })
})
