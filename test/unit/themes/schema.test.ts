import assert from 'node:assert/strict'
import { defaultTheme, themeFile, wordsIn } from '../../../src/themes/index.js'

describe('themes: what a file may say', () => {
  const problemsOf = (change: object) => {
    const parsed = themeFile.safeParse({ ...defaultTheme, ...change })
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  }
  const colours = (change: object) => ({ colours: { ...defaultTheme.colours, light: { ...defaultTheme.colours.light, ...change } } })

  it('takes the theme of a store that describes none', () => {
    assert.deepEqual(problemsOf({}), [])
  })

  it('refuses words that cannot be read on what they stand on, and says by how much', () => {
    assert.match(
      problemsOf(colours({ muted: '#aaaaaa' })).join(),
      /colours\.light\.muted: #aaaaaa on page #ffffff has a contrast of 2\.3, and 4\.5 is needed/,
    )
  })

  it('refuses whatever could be more than a colour, a font, a picture or a path of the store', () => {
    for (const colour of ['red', '#fff', '#123456;}body{display:none', 'url(http://evil.example)', 'var(--x)']) {
      assert.match(problemsOf(colours({ line: colour })).join(), /colours\.light\.line: is not a colour like #1f4d3a/, colour)
    }
    assert.notDeepEqual(problemsOf({ fonts: { headings: 'Comic Sans', text: 'system' } }), [])
    assert.notDeepEqual(problemsOf({ logo: '../../secrets.svg' }), [])
    for (const to of ['http://evil.example', '//evil.example', 'javascript:alert(1)', '/\\evil.example']) {
      const footer = { text: 'Words', links: [{ label: 'Away', to }] }
      assert.match(problemsOf({ footer }).join(), /footer\.links\.0\.to: is not a path within the store/, to)
    }
    assert.match(problemsOf({ script: 'alert(1)' }).join(), /script/)
  })

  it('finds words in the closest language', () => {
    const words = { en: 'Colour', de: 'Farbe', 'pt-BR': 'Cor' }
    assert.deepEqual(
      ['de-AT', 'de', 'pt-BR', 'fr'].map((locale) => wordsIn(words, locale, 'en')),
      ['Farbe', 'Farbe', 'Cor', 'Colour'],
    )
    assert.equal(wordsIn('Same', 'de', 'en'), 'Same')
    assert.match(problemsOf({ tagline: {} }).join(), /tagline/, 'what is said in no language cannot be shown in any')
  })
})
