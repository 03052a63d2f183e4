export { defaultTheme } from './default-theme.js'
export {
  type Colours,
  collectionsOf,
  type HomeBlock,
  picturesOf,
  type Theme,
  themeFile,
  type Words,
  wordsIn,
} from './schema.js'
export { setTheme, themeStatement } from './theme.js'
