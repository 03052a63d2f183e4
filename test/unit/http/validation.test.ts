import assert from 'node:assert/strict'
import { z } from 'zod'
import {
  address,
  booleanText,
  countryCode,
  currencyCode,
  distinctNames,
  email,
  metadata,
  nothing,
  oneOrMany,
  parseWith,
} from '../../../src/http/index.js'

const body = z.strictObject({
  cart_id: z.string().max(10),
  quantity: z.int().min(1).max(100).optional(),
  kind: z.enum(['a', 'b']).optional(),
  items: z
    .array(z.strictObject({ quantity: z.int().min(0) }))
    .max(2)
    .optional(),
  when: z.union([z.string(), z.strictObject({ $gte: z.string() })]).optional(),
})

const message = (input: unknown, schema: z.ZodType = body) => {
  try {
    parseWith(schema, input)
  } catch (error) {
    assert.deepEqual([(error as { type: string }).type, (error as { status: number }).status], ['invalid_data', 400])
    return (error as Error).message
  }
  return 'accepted'
}

describe('validation', () => {
  const cases: [string, unknown, string][] = [
    ['a missing field', {}, "Invalid request: Field 'cart_id' is required"],
    ['a wrong type', { cart_id: 5 }, "Invalid request: Expected type: 'string' for field 'cart_id', got: '5'"],
    ['null', { cart_id: null }, "Invalid request: Expected type: 'string' for field 'cart_id', got: 'null'"],
    ['an object for a text', { cart_id: { a: 1 } }, "Invalid request: Expected type: 'string' for field 'cart_id', got: '[object Object]'"],
    [
      'a list for a text',
      { cart_id: ['a', null, { b: 1 }] },
      "Invalid request: Expected type: 'string' for field 'cart_id', got: 'a,,[object Object]'",
    ],
    ['a fraction', { cart_id: 'x', quantity: 1.5 }, "Invalid request: Expected type: 'integer' for field 'quantity', got: '1.5'"],
    ['another word', { cart_id: 'x', kind: 'c' }, "Invalid request: Expected: 'a, b' for field 'kind', but got: 'c'"],
    ['unknown fields', { cart_id: 'x', foo: 1, bar: 2 }, "Invalid request: Unrecognized fields: 'foo, bar'"],
    ['too little', { cart_id: 'x', quantity: 0 }, "Invalid request: Value for field 'quantity' too small, expected at least: '1'"],
    ['too much', { cart_id: 'x', quantity: 101 }, "Invalid request: Value for field 'quantity' too big, expected at most: '100'"],
    ['too long', { cart_id: 'x'.repeat(11) }, "Invalid request: Value for field 'cart_id' too big, expected at most: '10'"],
    [
      'a field inside a list',
      { cart_id: 'x', items: [{ quantity: -1 }] },
      "Invalid request: Value for field 'items, 0, quantity' too small, expected at least: '0'",
    ],
    [
      'an unknown field inside a list',
      { cart_id: 'x', items: [{ quantity: 1, price: 2 }] },
      "Invalid request: Unrecognized fields: 'price'",
    ],
    [
      'two problems',
      { quantity: 0 },
      "Invalid request: Field 'cart_id' is required; Value for field 'quantity' too small, expected at least: '1'",
    ],
    [
      'neither branch of a choice',
      { cart_id: 'x', when: 5 },
      "Invalid request: Expected type: 'string, object' for field 'when', got: '5'",
    ],
    [
      'the branch that was meant',
      { cart_id: 'x', when: { $gte: 5 } },
      "Invalid request: Expected type: 'string' for field 'when, $gte', got: '5'",
    ],
    ['an unknown operator', { cart_id: 'x', when: { $near: 'x' } }, "Invalid request: Field 'when, $gte' is required"],
    ['no object at all', 'text', "Invalid request: Expected type: 'object' for field '', got: 'text'"],
  ]
  for (const [what, input, expected] of cases) {
    it(`says what is wrong with ${what}`, () => {
      assert.equal(message(input), expected)
    })
  }

  it('says what a choice lacks, and which kinds there are to choose from', () => {
    const values = z.strictObject({
      values: z.union([z.string(), z.array(z.string())]),
      from: z.union([z.iso.datetime(), z.iso.date()]).optional(),
    })
    assert.equal(message({}, values), "Invalid request: Field 'values' is required")
    assert.equal(message({ values: 'x', from: 'soon' }, values), "Invalid request: Expected type: 'date' for field 'from', got: 'soon'")
    const kind = (type: 'country' | 'zip') => z.object({ type: z.literal(type) })
    const zones = z.strictObject({ zones: z.array(z.discriminatedUnion('type', [kind('country'), kind('zip')])) })
    assert.equal(message({ zones: [{}] }, zones), "Invalid request: Field 'zones, 0, type' is required")
    const unknown = "Invalid request: Expected: 'country, zip' for field 'zones, 0, type', but got: 'foo'"
    assert.equal(message({ zones: [{ type: 'foo' }] }, zones), unknown)
    const state = z.enum(['open', 'closed'])
    const states = z.strictObject({ status: z.union([state, z.array(state)]) })
    assert.equal(message({ status: 'foo' }, states), "Invalid request: Expected: 'open, closed' for field 'status', but got: 'foo'")
    const picture = z.strictObject({ url: z.union([z.url({ protocol: /^https?$/ }), z.string().regex(/^\/files\//, 'is no path')]) })
    assert.equal(message({ url: 'javascript:alert(1)' }, picture), "Invalid request: Field 'url': Invalid URL")
  })

  it('says once that a number is too large, and by which limit', () => {
    assert.equal(
      message({ stock: 1e20 }, z.strictObject({ stock: z.int().min(0).max(10) })),
      "Invalid request: Value for field 'stock' too big, expected at most: '10'",
    )
  })

  it('says of a limit that is itself too small that more is expected', () => {
    const amount = z.strictObject({ amount: z.number().gt(0) })
    assert.equal(message({ amount: 0 }, amount), "Invalid request: Value for field 'amount' too small, expected more than: '0'")
  })

  it('says which name stands twice where each is named once', () => {
    const names = z.strictObject({ values: distinctNames(z.array(z.string())) })
    assert.equal(message({ values: ['S', 'M', 'S'] }, names), "Invalid request: Field 'values': names 'S' twice: name each once")
  })

  it('shows three problems at most, and a value not beyond a hundred characters', () => {
    const many = z.strictObject(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, z.string()])))
    assert.equal(message({}, many), "Invalid request: Field 'a' is required; Field 'b' is required; Field 'c' is required")
    assert.ok(message({ cart_id: { text: 'x'.repeat(5_000) } }).length < 250)
  })

  it('hands on what was parsed', () => {
    assert.deepEqual(parseWith(body, { cart_id: 'x', quantity: 2 }), { cart_id: 'x', quantity: 2 })
    assert.deepEqual(parseWith(nothing, {}), {})
    assert.equal(message({ anything: 1 }, nothing), "Invalid request: Unrecognized fields: 'anything'")
  })

  it('names that every object has are unknown fields too', () => {
    for (const text of ['{"cart_id":"x","__proto__":{"a":1}}', '{"cart_id":"x","constructor":1}', '{"cart_id":"x","toString":1}']) {
      assert.notEqual(message(JSON.parse(text)), 'accepted', text)
    }
  })
})

describe('schemas that routes share', () => {
  const accepts = (schema: z.ZodType, input: unknown, output: unknown) => assert.deepEqual(parseWith(schema, input), output)
  const refuses = (schema: z.ZodType, ...inputs: unknown[]) => {
    for (const input of inputs) assert.match(message(input, schema), /^Invalid request: /, JSON.stringify(input))
  }

  it('an e-mail address is trimmed and in lower case', () => {
    accepts(email, ' Ada@Example.COM ', 'ada@example.com')
    refuses(email, '', 'ada', 'ada@', '@example.com', `${'a'.repeat(250)}@example.com`, 'ada@example.com\nBcc: eve@example.com', 5)
  })

  it('codes of currencies and countries are in lower case', () => {
    accepts(currencyCode, 'EUR', 'eur')
    accepts(countryCode, 'DE', 'de')
    refuses(currencyCode, 'eu', 'euros', '')
    refuses(countryCode, 'deu', 'd', '')
  })

  it('one value or several are several', () => {
    accepts(oneOrMany, 'a', ['a'])
    accepts(oneOrMany, ['a', 'b'], ['a', 'b'])
    refuses(
      oneOrMany,
      'x'.repeat(501),
      Array.from({ length: 201 }, () => 'a'),
      [5],
      { $gt: 'a' },
    )
  })

  it('true and false may be texts', () => {
    accepts(booleanText, 'true', true)
    accepts(booleanText, 'false', false)
    accepts(booleanText, true, true)
    refuses(booleanText, 'yes', '1', 1, '')
  })

  it('metadata is an object of bounded size', () => {
    accepts(metadata, { a: [1, { b: null }] }, { a: [1, { b: null }] })
    accepts(metadata, null, null)
    refuses(metadata, { a: 'x'.repeat(16_001) }, { ['k'.repeat(201)]: 1 }, 'text', [1])
  })

  it('an address has bounded fields and no others', () => {
    accepts(address, { first_name: 'Ada', country_code: 'DE', company: null }, { first_name: 'Ada', country_code: 'de', company: null })
    refuses(address, { street: 'x' }, { country_code: 'deu' }, { city: 'x'.repeat(201) }, { phone: 5 })
  })
})
