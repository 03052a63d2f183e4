export { renderShippingOption, type ShippingOptionRow, validShippingOptionsStatement } from './options.js'
