export { addMember, type NewMember } from './commands/add-member.js'
export { addShippingOption, type NewShippingOption } from './commands/add-shipping-option.js'
export { setVendorStatus, updateVendor, type VendorPatch, type VendorStatus } from './commands/change-vendor.js'
export { addStockLocation, createVendor, insertVendor, type NewVendor, type VendorLocation } from './commands/create-vendor.js'
export {
  listMembersStatement,
  listVendorsStatement,
  type MemberRow,
  retrieveVendorStatement,
  type VendorFilter,
  type VendorRow,
} from './queries.js'
