export { runImport } from './run-import.js'
