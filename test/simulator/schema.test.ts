import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv } from 'ajv'
import { Chance } from '../../infra/local/stripe/random.js'
import { type Schema, schemaFile, violationsOf } from '../../infra/local/stripe/schema.js'

const parameters = {
  address: { line1: 'Street 1', city: 'Town', country: 'US' },
  email: 'one@example.com',
  expand: ['tax'],
  invoice_settings: { custom_fields: [{ name: 'Order', value: '1' }] },
  metadata: { order: '1' },
  shipping: { name: 'One', address: { line1: 'Street 1' } },
  tax: { validate_location: 'deferred' },
  tax_exempt: 'none',
  tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }],
  validate: true,
}
const intruders = [null, 1, 'x', '', true, [], {}, { a: 1 }, ['card']]

describe('the schema of the Stripe simulator', () => {
  it('is made from the SDK that is installed (npm run sim:schema)', () => {
    const entry = createRequire(import.meta.url).resolve('stripe')
    const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(entry), '..', 'package.json'), 'utf8')) as { version: string }
    assert.equal(schemaFile().sdk_version, version)
  })

  // Ajv would do the simulator's checks, too, but takes seconds to compile the type of a payment: the simulator has a
  // checker of its own, which is held against Ajv here.
  it('is understood as Ajv understands it', () => {
    const validate = new Ajv({ strict: false, validateSchema: false }).compile(standalone('CustomerCreateParams'))
    const chance = new Chance(1)
    let refused = 0
    assert.ok(validate(parameters))
    for (let round = 0; round < 400; round++) {
      const changed = withIntruder(parameters, chance)
      const valid = validate(changed)
      assert.equal(violationsOf('CustomerCreateParams', changed).length === 0, valid, JSON.stringify(changed))
      if (!valid) refused += 1
    }
    assert.ok(refused > 100 && refused < 350, `${refused} of 400 were refused`)
  })
})

/** A type with all that it refers to, as one schema. */
function standalone(name: string): object {
  const { definitions, roots } = schemaFile()
  const reached: Record<string, Schema> = {}
  const visit = (key: string): void => {
    if (reached[key] !== undefined) return
    reached[key] = definitions[key] ?? {}
    const copy = JSON.stringify(reached[key], (field, value) => {
      if (field !== '$ref') return value
      visit(value)
      return `#/definitions/${value}`
    })
    reached[key] = JSON.parse(copy)
  }
  visit(roots[name] as string)
  return { $ref: `#/definitions/${roots[name]}`, definitions: reached }
}

/** A copy with something else in one place, or one place more, or less. */
function withIntruder(original: object, chance: Chance): object {
  const copy = structuredClone(original)
  const places: [Record<string, unknown>, string][] = []
  const walk = (holder: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(holder)) {
      places.push([holder, name])
      if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>)
    }
  }
  walk(copy as Record<string, unknown>)
  const [holder, name] = places[chance.within([0, places.length - 1], 'place')] as [Record<string, unknown>, string]
  const value = intruders[chance.within([0, intruders.length - 1], 'intruder')]
  const kind = chance.within([0, 5], 'kind')
  if (kind === 0 && !Array.isArray(holder)) holder.colour = value
  else if (kind === 1 && !Array.isArray(holder)) delete holder[name]
  else holder[name] = value
  return copy
}
