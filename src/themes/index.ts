export { defaultTheme } from './default-theme.js'
export {
  type Colours,
  collectionsOf,
  type HomeBlock,
  line,
  paragraph,
  picturesOf,
  type Theme,
  themeFile,
  type Words,
  wordsIn,
} from './schema.js'
export { setTheme, themeStatement } from './theme.js'
