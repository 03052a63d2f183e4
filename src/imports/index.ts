export { dropImportFile, hasImportFile, keepImportFile } from './commands/keep-file.js'
export { type NewImport, requestImport } from './commands/request-import.js'
export { type BroughtFile, confirmImport, type RequestedImport, requestStoreImport } from './commands/request-store-import.js'
export { runImport } from './commands/run-import.js'
export { dropImport, runStoreImport, type StoreImportSettings } from './commands/run-store-import.js'
export type { ProductBodies } from './medusa/bodies.js'
export {
  type ImportErrorRow,
  type ImportRow,
  importErrorsStatement,
  importsStatement,
  type StoreImportRow,
  storeImportsStatement,
} from './queries.js'
