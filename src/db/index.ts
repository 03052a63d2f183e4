export { checkDatabase } from './check.js'
export {
  type DateFilter,
  dateConditions,
  type NumberFilter,
  numberConditions,
  type TextFilter,
  textConditions,
  together,
  type Values,
  valuesFrom,
} from './conditions.js'
export { asStore, type Context, readingIn, tenantOf, vendorOf } from './context.js'
export { assertNoUnit, currentUnit, type Database, type DatabaseOptions, keptOpen, openDatabase, type Unit } from './database.js'
export { eachStore } from './each-store.js'
export { mergedMetadata, withMetadata } from './metadata.js'
export { type MigrateOptions, migrate, pendingMigrations } from './migrate.js'
export { BaseModel } from './model.js'
export { countBeside, hasWords, type ListPage, orderBy, readPage, singlePage, wordPatterns } from './paging.js'
export type { Role, Scope } from './scope.js'
export { pairs, plannedOnce, type Statement, statement } from './statement.js'
export { counting, currentStatistics, newStatistics, type StatementObserver, type Statistics } from './statistics.js'
export { planForTheLargest, type TenantTable, tenantPolicy, tenantTable, type VendorAccess, vendorPolicy } from './tenant-table.js'
