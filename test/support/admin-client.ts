import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import type { TestApp } from './app.js'
import { brokenInvariants } from './invariants.js'
import { createTestStore, type TestStore, type TestStoreOptions } from './store.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default
export type Sdk = InstanceType<typeof Medusa>

/** What Medusa's client throws for an answer that is an error. */
export type Failure = { status: number; message: string }

/** Medusa's own client, as the store's staff use it. */
export const adminClient = (app: TestApp, store: TestStore): Sdk => new Medusa({ baseUrl: app.url, apiKey: store.secretKey })

/** The error that something is refused with. */
export const refused = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => assert.fail('was not refused'),
    (error: Failure) => error,
  )

/**
 * A store for the tests of a describe block, whose books, stock and credits are whole after each of them.
 * Goods of 10.00 and 11.00 of each vendor and shipping of 5.00 and 6.00, taxed at 10 %; the store's commission is 10 %.
 */
export function useAfterSale(app: () => TestApp, options: TestStoreOptions = {}): { store(): TestStore; sdk(): Sdk } {
  let store: TestStore
  let sdk: Sdk
  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, tax_ppm: 100_000, stock: 50, ...options })
    sdk = adminClient(app(), store)
  })
  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })
  return { store: () => store, sdk: () => sdk }
}
