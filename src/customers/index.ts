export {
  changeCustomerGroups,
  changeGroupMembers,
  createCustomerGroup,
  type CustomerGroupInput,
  deleteCustomerGroup,
  updateCustomerGroup,
} from './commands/groups.js'
export { addAddress, type AddressInput, deleteAddress, unknownAddress, updateAddress } from './commands/write-address.js'
export {
  alreadyCustomer,
  createAccount,
  createCustomer,
  type CustomerInput,
  deleteCustomer,
  unknownCustomer,
  updateCustomer,
} from './commands/write-customer.js'
export { customerEmailStatement, ensureAccountStatement, ensureGuestStatement } from './queries/accounts.js'
export { type AddressFilter, type AddressRow, addressStatement, listAddressesStatement } from './queries/addresses.js'
export { type CustomerFilter, type CustomerRow, customerStatement, listCustomersStatement } from './queries/customers.js'
export { type CustomerGroupFilter, type CustomerGroupRow, listCustomerGroupsStatement } from './queries/groups.js'
