export { consumeForOrder, type LevelView, listLevelsStatement, setStock } from './levels.js'
export { attachToOrderStatement, chooseLevels, releaseStatement, reserveForCart } from './reservations.js'
