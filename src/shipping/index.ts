export { type OfferedOptionRow, offeredOptionsStatement, renderOfferedOption } from './offered-options.js'
export {
  changeLocationChannels,
  createFulfillmentSet,
  createServiceZone,
  createStockLocation,
  type GeoZoneInput,
  type StockLocationInput,
  updateServiceZone,
  updateStockLocation,
} from './commands/locations.js'
export {
  changeShippingOptionRules,
  createShippingOption,
  deleteShippingOption,
  type OptionPrice,
  type ShippingOptionInput,
  type ShippingOptionPatch,
  updateShippingOption,
} from './commands/options.js'
export {
  createShippingOptionType,
  createShippingProfile,
  deleteShippingOptionType,
  type ShippingOptionTypeInput,
  updateShippingOptionType,
  updateShippingProfile,
} from './commands/profiles.js'
export {
  type ListedShippingOption,
  listShippingOptionsStatement,
  listShippingOptionTypesStatement,
  listShippingProfilesStatement,
  type ShippingOptionTypeRow,
  type ShippingProfileRow,
} from './list.js'
export { type FulfillmentSetView, fulfillmentSetStatement, listStockLocationsStatement, type StockLocationRow } from './locations.js'
export {
  pricedOptions,
  renderShippingOption,
  type ShippingChoice,
  shippingChoicesStatement,
  validShippingOptionsStatement,
} from './options.js'
export { optionPricesStatement, renderPrices, type SetPrice } from './prices.js'
export { ruleOperators, rulesOf } from './rules.js'
export { type FulfillmentProvider, fulfillmentProviderOf, fulfillmentProviders, type Parcel } from './provider.js'
export { changeLocationProviders } from './commands/location-providers.js'
export { deleteFulfillmentSet, deleteServiceZone, deleteShippingProfile, deleteStockLocation } from './commands/retire.js'
export { optionsOfOrderStatement, renderOrderOption } from './order-options.js'
