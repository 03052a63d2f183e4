export {
  changeChannelProducts,
  createSalesChannel,
  deleteSalesChannel,
  listSalesChannelsStatement,
  type SalesChannelRow,
  updateSalesChannel,
} from './sales-channels.js'
export { type StoreCurrencyInput, type StorePatch, type StoreRow, storesStatement, updateStore } from './store.js'
