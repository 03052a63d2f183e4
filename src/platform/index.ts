export {
  addDomain,
  removeDomain,
  setTenantStatus,
  type TxtResolver,
  updateTenant,
  verifyDomain,
} from './commands/change-tenant.js'
export { type CreatedTenant, createTenant, type NewTenant } from './commands/create-tenant.js'
export { createPlan, listPlansStatement, type PlanInput, type PlanRow } from './commands/plans.js'
export { listTenantsStatement, retrieveTenant, type TenantRow, type TenantUsage, tenantUsageStatement } from './queries.js'
export {
  applyTenants,
  describe,
  type Difference,
  planTenants,
  type TenantFilesOptions,
  TenantFilesError,
  type TenantPlan,
  type TenantsApplied,
} from './files/index.js'
