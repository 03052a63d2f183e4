import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import { routes } from '../../../src/api/index.js'
import type { Sdk } from '../../support/admin-client.js'

const Medusa = MedusaSdk as unknown as new (options: object) => Sdk

/** Resources of Medusa's client on the side of orders and people: what every method of theirs asks for is there. */
const resources = [
  'apiKey',
  'campaign',
  'claim',
  'customer',
  'customerGroup',
  'draftOrder',
  'exchange',
  'fulfillment',
  'fulfillmentProvider',
  'fulfillmentSet',
  'invite',
  'notification',
  'order',
  'orderEdit',
  'payment',
  'paymentCollection',
  'plugin',
  'promotion',
  'refundReason',
  'region',
  'return',
  'returnReason',
  'shippingOption',
  'shippingOptionType',
  'shippingProfile',
  'user',
]

/** Methods whose routes are of another product of Medusa's (roles), or that this API answers otherwise, each with why. */
const without = new Map([
  ['user.listRoles', 'roles are granted by POST /admin/users/:id, and read at /admin/roles'],
  ['user.addRoles', 'likewise'],
  ['user.removeRole', 'likewise'],
  ['user.removeRoles', 'likewise'],
])

/** What stands for the arguments of a method that wants a word of its own among them. */
const words: Record<string, string> = {
  'promotion.addRules': 'rules',
  'promotion.updateRules': 'rules',
  'promotion.removeRules': 'rules',
  'promotion.listRules': 'rules',
}

/** A word of the method itself is no id: `/admin/orders/export` is not the order `export`. */
const argument = '(one|two|three|rules|undefined|\\[object Object\\]|%5Bobject%20Object%5D)'

const isRoute = (method: string, path: string) =>
  routes.some((route) => route.method === method && new RegExp(`^${route.path.replace(/:[a-z_]+/g, argument)}$`).test(path))

describe("Medusa's client", () => {
  const asked: { method: string; path: string }[] = []
  const { fetch } = globalThis
  before(() => {
    globalThis.fetch = (async (url: URL | string, init: RequestInit = {}) => {
      asked.push({ method: init.method ?? 'GET', path: new URL(url).pathname })
      return new Response('{}', { headers: { 'content-type': 'application/json' } })
    }) as typeof fetch
  })
  after(() => {
    globalThis.fetch = fetch
  })

  const sdk = new Medusa({ baseUrl: 'http://stoa.example', apiKey: 'sk_none' })

  for (const name of resources) {
    it(`finds a route for every method of admin.${name}`, async () => {
      const resource = (sdk.admin as unknown as Record<string, Record<string, unknown>>)[name]
      assert.ok(resource, `admin.${name} is not there`)
      const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(resource))
      const methods = [...new Set([...Object.keys(resource), ...inherited])].filter(
        (method) => method !== 'constructor' && typeof resource[method] === 'function',
      )
      assert.ok(methods.length > 0)
      const missing: string[] = []
      for (const method of methods) {
        asked.length = 0
        const word = words[`${name}.${method}`] ?? 'two'
        await (resource[method] as (...values: unknown[]) => Promise<unknown>)
          .call(resource, 'one', word, 'three', {})
          .catch(() => undefined)
        const known = asked.filter((request) => isRoute(request.method, request.path))
        if (!without.has(`${name}.${method}`) && known.length === 0) missing.push(`${method}: ${JSON.stringify(asked)}`)
        if (without.has(`${name}.${method}`)) assert.equal(known.length, 0, `${name}.${method} has a route after all`)
      }
      assert.deepEqual(missing, [])
    })
  }
})
