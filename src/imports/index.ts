export { type NewImport, requestImport } from './commands/request-import.js'
export { runImport } from './commands/run-import.js'
export { type ImportErrorRow, type ImportRow, importErrorsStatement, importsStatement } from './queries.js'
