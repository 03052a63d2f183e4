import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type MedusaSdk from '@medusajs/js-sdk'
import type {
  AuthMfaFactorResponse,
  AuthMfaListResponse,
  AuthMfaRecoveryCodesResponse,
  AuthMfaSetupResponse,
  AuthVerificationConfirmResponse,
  AuthVerificationRequestResponse,
} from '@medusajs/js-sdk'
import type { HttpTypes } from '@medusajs/types'
import { Ajv, type ValidateFunction } from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'

// What Medusa's types say of answers holds for the compiler alone, which believes whatever a server sends. Here the same types are
// made into schemas, and each answer is held against its own.

/** What each method of the SDK answers, by Medusa's types. */
export interface Answers {
  'store.region.list': HttpTypes.StoreRegionListResponse
  'store.region.retrieve': HttpTypes.StoreRegionResponse
  'store.collection.list': HttpTypes.StoreCollectionListResponse
  'store.collection.retrieve': HttpTypes.StoreCollectionResponse
  'store.category.list': HttpTypes.StoreProductCategoryListResponse
  'store.category.retrieve': HttpTypes.StoreProductCategoryResponse
  'store.productOption.list': HttpTypes.StoreProductOptionListResponse
  'store.productOption.retrieve': HttpTypes.StoreProductOptionResponse
  'store.product.list': HttpTypes.StoreProductListResponse
  'store.product.retrieve': HttpTypes.StoreProductResponse
  'store.cart.create': HttpTypes.StoreCartResponse
  'store.cart.update': HttpTypes.StoreCartResponse
  'store.cart.retrieve': HttpTypes.StoreCartResponse
  'store.cart.createLineItem': HttpTypes.StoreCartResponse
  'store.cart.updateLineItem': HttpTypes.StoreCartResponse
  'store.cart.deleteLineItem': HttpTypes.StoreLineItemDeleteResponse
  'store.cart.addShippingMethod': HttpTypes.StoreCartResponse
  'store.cart.addPromotions': HttpTypes.StoreCartResponse
  'store.cart.removePromotions': HttpTypes.StoreCartResponse
  'store.cart.complete': HttpTypes.StoreCompleteCartResponse
  'store.cart.transferCart': HttpTypes.StoreCartResponse
  'store.fulfillment.listCartOptions': HttpTypes.StoreShippingOptionListResponse
  'store.fulfillment.calculate': HttpTypes.StoreShippingOptionResponse
  'store.payment.listPaymentProviders': HttpTypes.StorePaymentProviderListResponse
  'store.payment.initiatePaymentSession': HttpTypes.StorePaymentCollectionResponse
  'store.order.list': HttpTypes.StoreOrderListResponse
  'store.order.retrieve': HttpTypes.StoreOrderResponse
  'store.order.requestTransfer': HttpTypes.StoreOrderResponse
  'store.order.cancelTransfer': HttpTypes.StoreOrderResponse
  'store.order.acceptTransfer': HttpTypes.StoreOrderResponse
  'store.order.declineTransfer': HttpTypes.StoreOrderResponse
  'store.customer.create': HttpTypes.StoreCustomerResponse
  'store.customer.update': HttpTypes.StoreCustomerResponse
  'store.customer.retrieve': HttpTypes.StoreCustomerResponse
  'store.customer.createAddress': HttpTypes.StoreCustomerResponse
  'store.customer.updateAddress': HttpTypes.StoreCustomerResponse
  'store.customer.listAddress': HttpTypes.StoreCustomerAddressListResponse
  'store.customer.retrieveAddress': HttpTypes.StoreCustomerAddressResponse
  'store.customer.deleteAddress': HttpTypes.StoreCustomerAddressDeleteResponse
  'store.locale.list': HttpTypes.StoreLocaleListResponse
  'auth.mfa.list': AuthMfaListResponse
  'auth.mfa.start': AuthMfaSetupResponse
  'auth.mfa.verify': AuthMfaFactorResponse
  'auth.mfa.disable': AuthMfaFactorResponse
  'auth.mfa.generateRecoveryCodes': AuthMfaRecoveryCodesResponse
  'auth.verification.request': AuthVerificationRequestResponse
  'auth.verification.confirm': AuthVerificationConfirmResponse
}

type At<Part, Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Part
    ? At<Part[Name], Rest>
    : never
  : Path extends keyof Part
    ? Part[Path]
    : never
type AnswerOf<Path extends string> =
  At<InstanceType<typeof MedusaSdk.default>, Path> extends (...args: never[]) => Promise<infer Answer> ? Answer : 'no such method'

/** Does not compile where the SDK's method answers another type than the table says. */
type Differing = { [Path in keyof Answers]: AnswerOf<Path> extends Answers[Path] ? never : Path }[keyof Answers]
const differing: readonly Differing[] = []
differing satisfies readonly never[]

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

interface Schema {
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  required?: string[]
  [keyword: string]: unknown
}

/**
 * The types do not say of most keys that they can be null, or are answered only where they are asked for, as Medusa does: here each may be
 * null or absent, and what is there must be of its type. Which keys come unasked is Appendix A's, and other suites'.
 */
function asAnswered(schema: Schema): Schema {
  const { required: _all, ...copy } = schema
  if (copy.properties !== undefined) {
    const each = Object.entries(copy.properties)
    copy.properties = Object.fromEntries(each.map(([name, one]) => [name, { anyOf: [asAnswered(one), { type: 'null' }] }]))
  }
  if (copy.items !== undefined) copy.items = asAnswered(copy.items)
  if (copy.anyOf !== undefined) copy.anyOf = copy.anyOf.map(asAnswered)
  if (copy.allOf !== undefined) copy.allOf = copy.allOf.map(asAnswered)
  return copy
}

/**
 * A check of the answers in the table, made from the typings that are installed (3 s): what of an answer is not as they say. Undefined for
 * methods that are not in it, which answer a token or nothing.
 */
export function answerChecks(): (method: string, answer: unknown) => string[] | undefined {
  const source = path.join(root, 'test/support/sdk-answers.ts')
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-types-'))
  const tsconfig = path.join(directory, 'tsconfig.json')
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    skipLibCheck: true,
    types: [],
  }
  fs.writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: [source] }))
  const generator = createGenerator({
    path: source,
    tsconfig,
    type: 'Answers',
    jsDoc: 'none',
    skipTypeCheck: true,
    additionalProperties: true,
  })
  const { definitions } = generator.createSchema('Answers') as unknown as { definitions: Record<string, Schema> }
  fs.rmSync(directory, { recursive: true })
  const ajv = new Ajv({ allErrors: true, strict: false })
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  ajv.addSchema({ definitions: Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, asAnswered(one)])) }, 'answers')
  const checks = new Map<string, ValidateFunction>()
  const table = definitions.Answers?.properties ?? {}
  return (method, answer) => {
    if (!(method in table)) return undefined
    const check =
      checks.get(method) ?? ajv.compile({ $ref: `answers#/definitions/Answers/properties/${encodeURIComponent(method)}/anyOf/0` })
    checks.set(method, check)
    if (check(answer)) return []
    // Of each key two things are said to be wrong, that it is not of its type and that it is not null: the first is enough.
    return (check.errors ?? [])
      .filter(({ keyword, schemaPath }) => keyword !== 'anyOf' && !schemaPath.endsWith('/anyOf/1/type'))
      .map((error) => `${error.instancePath.replace(/\/\d+/g, '/[]')}: ${error.message}`)
  }
}
