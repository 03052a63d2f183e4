import assert from 'node:assert/strict'
import path from 'node:path'
import { readTenantFiles, type TenantFiles } from '../../../src/platform/files/read.js'
import { counterWordsOf } from '../../../src/web/words/counter.js'
import { orderPayingWordsOf } from '../../../src/web/words/order-paying.js'
import { payingWordsOf } from '../../../src/web/words/paying.js'
import { secondStepWordsOf } from '../../../src/web/words/second-step.js'
import { spokenIn, wordsOf } from '../../../src/web/words/index.js'

const stores = readTenantFiles(path.resolve('tenants'))
const locales = [...new Set(stores.flatMap(({ store }) => store.locales ?? []))]

/** Paths of everything that is said, down to the last word. */
function keysOf(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([name, entry]) =>
    typeof entry === 'object' && entry !== null ? keysOf(entry, `${before}${name}.`) : [`${before}${name}: ${typeof entry}`],
  )
}

/** What stands in a file in some languages and not in all of them. */
function partly(value: unknown, wanted: readonly string[], where: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const names = Object.keys(value)
  if (names.includes(wanted[0] as string)) return wanted.filter((locale) => !names.includes(locale)).map((locale) => `${where}: ${locale}`)
  return Object.entries(value).flatMap(([name, entry]) => partly(entry, wanted, `${where}.${name}`))
}

function untranslated({ store, vendors, translations }: TenantFiles): string[] {
  return (store.locales ?? []).slice(1).flatMap((locale) => {
    const file = translations.get(locale)
    const categories = store.categories.flatMap((category) => [category, ...(category.children ?? [])])
    const lacks = [
      ...categories.filter(({ handle }) => file?.categories[handle]?.name === undefined),
      ...store.collections.filter(({ handle }) => file?.collections[handle]?.title === undefined),
      ...vendors.filter(({ handle }) => file?.vendors[handle] === undefined),
      ...vendors
        .flatMap((vendor) => vendor.products)
        .filter((product) =>
          (['title', 'subtitle', 'description'] as const).some(
            (field) => product[field] !== undefined && file?.products[product.handle]?.[field] === undefined,
          ),
        ),
    ]
    const words = vendors.flatMap((vendor) => [
      ...vendor.shipping.map(({ name }) => name),
      ...vendor.products.flatMap(({ material, options }) => [
        ...(material === undefined ? [] : [material]),
        ...options.map(({ title }) => title),
      ]),
    ])
    return [...lacks.map(({ handle }) => handle), ...words.filter((word) => file?.words[word] === undefined)].map(
      (what) => `${store.slug} ${locale}: ${what}`,
    )
  })
}

describe('web: languages', () => {
  it('speaks every language of the demo stores, with every word of the English pages', () => {
    for (const locale of locales) {
      assert.equal(spokenIn(locale), locale)
      assert.deepEqual(keysOf(wordsOf(locale)), keysOf(wordsOf('en')), locale)
      for (const of of [payingWordsOf, orderPayingWordsOf, counterWordsOf, secondStepWordsOf])
        assert.deepEqual(keysOf(of(locale)), keysOf(of('en')), locale)
    }
  })

  it('has what each demo store says in each of its languages', () => {
    for (const files of stores) {
      assert.deepEqual(partly(files.theme, files.store.locales ?? [], files.slug), [])
      assert.deepEqual(untranslated(files), [])
    }
  })
})
