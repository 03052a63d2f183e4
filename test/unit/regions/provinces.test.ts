import assert from 'node:assert/strict'
import { provinceSpellings } from '../../../src/regions/index.js'

describe('the spellings of a province', () => {
  it('are its code, its code behind its country’s, and its names', async () => {
    for (const given of ['NY', 'us-ny', 'New York'])
      assert.deepEqual((await provinceSpellings('us', given)).sort(), ['new york', 'ny', 'us-ny'], given)
    assert.deepEqual(await provinceSpellings('es', 'md'), ['md', 'es-md', 'madrid, comunidad de', 'comunidad de'])
    assert.deepEqual(await provinceSpellings('jp', '13'), ['13', 'jp-13', 'tôkyô', 'tokyo'])
  })

  it('leave out a name that two have', async () => {
    assert.deepEqual(await provinceSpellings('tw', 'cyi'), ['cyi', 'tw-cyi'])
    assert.deepEqual(await provinceSpellings('tw', 'cyq'), ['cyq', 'tw-cyq'])
  })

  it('are what was given, with its country and without, where no list knows it', async () => {
    assert.deepEqual(await provinceSpellings('us', 'US-Lake County'), ['us-lake county', 'lake county'])
    assert.deepEqual(await provinceSpellings('de', 'Franken'), ['franken', 'de-franken'])
  })
})
