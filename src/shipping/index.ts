export { type OfferedOptionRow, offeredOptionsStatement, renderOfferedOption } from './offered-options.js'
export {
  changeLocationChannels,
  createFulfillmentSet,
  createServiceZone,
  createStockLocation,
  type GeoZoneInput,
  type StockLocationInput,
  updateStockLocation,
} from './commands/locations.js'
export {
  createShippingOption,
  deleteShippingOption,
  type OptionPrice,
  type ShippingOptionInput,
  type ShippingOptionPatch,
  updateShippingOption,
} from './commands/options.js'
export { createShippingOptionType, createShippingProfile, type ShippingOptionTypeInput } from './commands/profiles.js'
export {
  type ListedShippingOption,
  listShippingOptionsStatement,
  listShippingOptionTypesStatement,
  listShippingProfilesStatement,
  type ShippingOptionTypeRow,
  type ShippingProfileRow,
} from './list.js'
export { type FulfillmentSetView, fulfillmentSetStatement, listStockLocationsStatement, type StockLocationRow } from './locations.js'
export { renderShippingOption, type ShippingOptionRow, validShippingOptionsStatement } from './options.js'
