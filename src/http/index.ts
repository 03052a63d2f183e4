export { createApp } from './app.js'
export { CompressedOnce, type Effort, type Encoding, encodingFor } from './compression.js'
export { type FieldsPolicy, type FieldTree, fieldTree } from './fields.js'
export { openApiOf } from './openapi.js'
export { parseQuery } from './query.js'
export { type RateLimits, rateLimiter } from './rate-limits.js'
export { type IdKinds, Reply, type Route, route, type Surface } from './route.js'
export { type Call, type Caller, callRoute, checkRoute } from './run-route.js'
export { readBody } from './body.js'
export type { Page, RequestContext, Services } from './services.js'
export {
  address,
  booleanText,
  countryCode,
  currencyCode,
  distinctNames,
  email,
  freeObject,
  metadata,
  nothing,
  oneOrMany,
  parseWith,
} from './validation.js'
