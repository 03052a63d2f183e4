export { changeTranslations, type NewTranslation, type TranslationChanges, type TranslationPatch } from './change.js'
export { directionOf, isLocale, localeName, worldLocales } from './locales.js'
export { listTranslationsStatement, storeLocalesStatement, type Translation, type TranslationFilter } from './queries.js'
export {
  type TranslatableThing,
  type TranslatedWords,
  translatableThingsStatement,
  translatedWordsStatement,
} from './overview.js'
export { fieldsOf, type Reference, referenceOf, references } from './references.js'
export { replaceLocales, type StoreLocaleInput } from './store-locales.js'
export { localesOf, translated } from './translate.js'
export { isNamed, variantName } from './variant-names.js'
