import assert from 'node:assert/strict'
import { highlighted, wordsOf } from '../../../src/search/index.js'

describe('the words of a search', () => {
  it('are lower-case, without signs around them, each once, in any script', () => {
    assert.deepEqual(wordsOf('  "Brass" lamp, LAMP! größe 灯具 50%'), ['brass', 'lamp', 'größe', '灯具', '50'])
    assert.deepEqual(wordsOf(' … '), [])
  })

  it('are eight at most', () => {
    assert.equal(wordsOf('a b c d e f g h i j').length, 8)
  })
})

describe('marked words', () => {
  const marks = { attributes: ['title', 'subtitle'], pre_tag: '<b>', post_tag: '</b>' }

  it('stand between the tags, wherever they are in the text, and the text cannot bring HTML of its own', () => {
    assert.deepEqual(highlighted({ title: 'A <i>Lamp</i> & a lampshade', subtitle: null, id: 'lamp' }, ['lamp'], marks), {
      title: 'A &lt;i&gt;<b>Lamp</b>&lt;/i&gt; &amp; a <b>lamp</b>shade',
    })
  })

  it('are taken as they are written, not as a pattern', () => {
    assert.deepEqual(highlighted({ title: 'axb a.b' }, ['a.b'], marks), { title: 'axb <b>a.b</b>' })
    assert.deepEqual(highlighted({ title: 'Lamp' }, [], marks), {})
  })
})
