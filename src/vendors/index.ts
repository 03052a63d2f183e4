export { addMember, type NewMember } from './commands/add-member.js'
export { addShippingOption, type NewShippingOption } from './commands/add-shipping-option.js'
export { type Application, applyToSell } from './commands/apply-to-sell.js'
export { approveVendor } from './commands/approve-vendor.js'
export { changeMemberRole, removeMember } from './commands/change-member.js'
export { resumeVendor, suspendVendor, updateVendor, type VendorPatch } from './commands/change-vendor.js'
export { addStockLocation, createVendor, insertVendor, type NewVendor, type VendorLocation } from './commands/create-vendor.js'
export { inviteToTeam } from './commands/invite-to-team.js'
export { joinTeam } from './commands/join-team.js'
export { rejectVendor } from './commands/reject-vendor.js'
export { terminateVendor } from './commands/terminate-vendor.js'
export type { VendorStatus } from './locks.js'
export {
  type ApplicationRow,
  applicationStatement,
  listMembersStatement,
  listVendorsStatement,
  type MemberRow,
  retrieveVendorForStaffStatement,
  retrieveVendorStatement,
  type VendorFilter,
  type VendorRow,
} from './queries.js'
