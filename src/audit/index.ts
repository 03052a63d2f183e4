export { type AuditedDatabase, auditedDatabase, type AuditedRequest, recordReading } from './audited.js'
export { changesBetween } from './changes.js'
export { type AuditFilter, type AuditRecordRow, listAuditStatement, listPlatformAuditStatement, type PlatformAuditRow } from './list.js'
