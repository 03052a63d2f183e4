export { type AllocateOptions, allocate } from './allocate.js'
export { type Clock, manualClock, systemClock } from './clock.js'
export { type CsvCell, csvLine, csvOf, unguarded } from './csv.js'
export { type Currency, currenciesListed_at, currencyCodes, currencyOf, exponentOf, isCurrency } from './currencies.js'
export {
  AlreadyExists,
  alreadyExists,
  conflict,
  databaseCode,
  duplicate,
  type ErrorBody,
  type ErrorType,
  forbidden,
  invalidData,
  isDuplicate,
  notAllowed,
  notFound,
  paymentAuthorizationError,
  paymentRequiresMore,
  payloadTooLarge,
  plainConflict,
  quotaExceeded,
  StoaError,
  toErrorBody,
  tooManyRequests,
  unauthorized,
  unavailable,
  unexpectedState,
  unrelated,
} from './errors.js'
export { type IdPrefix, idPrefixes, isId, newId } from './ids.js'
export { limits } from './limits.js'
export { type Sealer, sealerOf } from './sealed-text.js'
export {
  applyRate,
  applyRateFloor,
  divideRounded,
  ratePpmWhole,
  type TaxSplit,
  taxInGross,
  taxOnNet,
  toMajor,
  toMinor,
  worthOfPieces,
} from './money.js'
