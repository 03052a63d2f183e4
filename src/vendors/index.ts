export { addMember, type NewMember } from './commands/add-member.js'
export { addShippingOption, type NewShippingOption } from './commands/add-shipping-option.js'
export { type Application, applyToSell } from './commands/apply-to-sell.js'
export { setVendorStatus, updateVendor, type VendorPatch, type VendorStatus } from './commands/change-vendor.js'
export { addStockLocation, createVendor, insertVendor, type NewVendor, type VendorLocation } from './commands/create-vendor.js'
export { approveVendor, rejectVendor } from './commands/decide-application.js'
export { changeMemberRole, inviteToTeam, joinTeam, removeMember } from './commands/team.js'
export { terminateVendor } from './commands/terminate-vendor.js'
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
