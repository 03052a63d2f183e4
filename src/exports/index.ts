export { type NewExport, requestExport } from './commands/request-export.js'
export { dropExport, runExport, type RunSettings } from './commands/run-export.js'
export { type ExportedFile, exportAddress, openExport, opens } from './file.js'
export { type ExportRow, exportsStatement } from './queries.js'
