export { type Instructions, instructionsIn, type PaymentInstructions, paymentInstructions } from './payment-instructions.js'
export {
  changeChannelProducts,
  createSalesChannel,
  deleteSalesChannel,
  listSalesChannelsStatement,
  type SalesChannelRow,
  updateSalesChannel,
} from './sales-channels.js'
export { type StoreCurrencyInput, type StorePatch, type StorefrontKind, type StoreRow, storesStatement, updateStore } from './store.js'
