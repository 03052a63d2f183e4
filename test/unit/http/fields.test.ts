import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type FieldsPolicy, fieldTree } from '../../../src/http/index.js'
import { limits } from '../../../src/kernel/index.js'

const policy: FieldsPolicy = {
  defaults: ['id', 'title', 'handle', 'type.*', 'variants.*', 'variants.options.*'],
  extra: ['metadata', 'status', 'categories.*', 'variants.calculated_price', 'variants.options.value', 'collection.id', 'collection.title'],
}
const cartPolicy: FieldsPolicy = {
  defaults: ['id', 'email', 'items.id', 'items.title'],
  extra: ['total', 'tax_total', 'items.total', 'items.tax_total'],
  totals: ['total', 'tax_total', 'items.total', 'items.tax_total'],
}

const product = {
  id: 'prod_1',
  title: 'Shirt',
  handle: 'shirt',
  status: 'published',
  metadata: { color: 'blue' },
  cost_price: 700,
  type: { id: 'ptyp_1', value: 'Clothing', secret: 'no' },
  collection: { id: 'pcol_1', title: 'Summer', handle: 'summer' },
  categories: [{ id: 'pcat_1', name: 'Shirts' }],
  variants: [{ id: 'variant_1', title: 'S', calculated_price: { calculated_amount: 10 }, options: [{ id: 'optval_1', value: 'S' }] }],
}

const answer = (fields: string | undefined, from = policy) => fieldTree(from, fields).project(product) as Record<string, unknown>
const names = (fields: string) => Object.keys(answer(fields)).sort()

describe('?fields=', () => {
  it('absent or empty answers the defaults', () => {
    const standard = ['handle', 'id', 'title', 'type', 'variants']
    for (const fields of [undefined, '', ' ']) assert.deepEqual(Object.keys(answer(fields)).sort(), standard)
    assert.deepEqual(names(','), standard)
    assert.equal(fieldTree(policy, undefined).replaced, false)
  })

  it('a list without modifiers replaces the defaults, and keeps the id', () => {
    assert.deepEqual(answer('handle'), { id: 'prod_1', handle: 'shirt' })
    assert.equal(fieldTree(policy, 'handle').replaced, true)
  })

  it('knows every column of what is allowed as a whole', () => {
    const whole = fieldTree({ defaults: ['*', 'items.*'] }, 'id,email,items.title,secret.key')
    const thing = { id: '1', email: 'a@b.c', status: 'x', items: [{ id: 'i', title: 't', quantity: 1 }], secret: { key: 'k' } }
    assert.deepEqual(whole.project(thing), { id: '1', email: 'a@b.c', items: [{ id: 'i', title: 't' }] })
  })

  it('drops empty parts, as of a trailing comma', () => {
    assert.deepEqual(answer('handle,,title,'), { id: 'prod_1', handle: 'shirt', title: 'Shirt' })
  })

  it('+ adds to the defaults, encoded or not', () => {
    for (const fields of ['+metadata', ' metadata', '+ metadata', '+metadata,']) {
      assert.deepEqual(names(fields), ['handle', 'id', 'metadata', 'title', 'type', 'variants'], fields)
    }
  })

  it('spaces behind commas are no modifiers that matter', () => {
    assert.deepEqual(answer('handle, title'), { id: 'prod_1', handle: 'shirt', title: 'Shirt' })
  })

  it('- takes away from the defaults, with everything below', () => {
    assert.deepEqual(names('-variants'), ['handle', 'id', 'title', 'type'])
    assert.deepEqual(names('-title,-type'), ['handle', 'id', 'variants'])
    const [variant] = answer('-variants.options').variants as Record<string, unknown>[]
    assert.deepEqual(
      Object.keys(variant as object).sort(),
      ['calculated_price', 'id', 'title'].filter((name) => name !== 'options'),
    )
  })

  it('in a list that replaces, + and - are only stripped', () => {
    assert.deepEqual(answer('handle,+title'), { id: 'prod_1', handle: 'shirt', title: 'Shirt' })
    assert.deepEqual(answer('handle,-title'), { id: 'prod_1', handle: 'shirt', title: 'Shirt' })
  })

  it('* adds a relation with its columns, written before or behind, or after a plus', () => {
    for (const fields of ['*categories', 'categories.*', '+*categories', ' *categories']) {
      assert.deepEqual(answer(`-variants,-type,${fields}`).categories, [{ id: 'pcat_1', name: 'Shirts' }], fields)
    }
  })

  it('a star on something that is no relation means the plain field', () => {
    assert.deepEqual(answer('*metadata').metadata, { color: 'blue' })
    assert.deepEqual(names('*metadata'), ['handle', 'id', 'metadata', 'title', 'type', 'variants'])
  })

  it('a relation by name brings the columns that the list gives it', () => {
    assert.deepEqual(answer('collection'), { id: 'prod_1', collection: { id: 'pcol_1', title: 'Summer' } })
    assert.deepEqual(answer('type.value'), { id: 'prod_1', type: { id: 'ptyp_1', value: 'Clothing' } })
  })

  it('objects below always carry their key', () => {
    assert.deepEqual(answer('variants.options.value'), {
      id: 'prod_1',
      variants: [{ id: 'variant_1', options: [{ id: 'optval_1', value: 'S' }] }],
    })
  })

  it('silently drops what the list does not allow', () => {
    for (const fields of [
      'cost_price',
      '+cost_price',
      '*cost_price',
      'collection.handle',
      'nothing.at.all',
      '__proto__',
      'constructor',
      'variants.constructor',
    ]) {
      const text = JSON.stringify(answer(`id,${fields}`))
      assert.doesNotMatch(text, /700|"summer"/, fields)
    }
    assert.deepEqual(answer('id,cost_price'), { id: 'prod_1' })
  })

  it('whatever is asked for, nothing outside the list is ever answered', () => {
    const path = fc.constantFrom(
      'id',
      'title',
      'cost_price',
      'metadata',
      'type',
      'type.secret',
      'collection',
      'collection.handle',
      'categories',
      'variants',
      'variants.options',
      'variants.calculated_price',
      '__proto__',
      '',
    )
    const part = fc.tuple(fc.constantFrom('', '+', '-', '*', ' ', '+*'), path, fc.constantFrom('', '.*')).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = JSON.stringify(answer(parts.join(',')))
        assert.doesNotMatch(text, /cost_price|"handle":"summer"/)
        assert.match(text, /^\{.*"id":"prod_1"/)
      }),
      { numRuns: 500 },
    )
  })

  it('any text at all is an answer or a refusal, never a crash', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          assert.equal((answer(text) as { id: string }).id, 'prod_1')
        } catch (error) {
          assert.match((error as Error).message, /expand more than the maximum/)
        }
      }),
    )
  })

  it('refuses paths through too many relations, by name', () => {
    assert.throws(() => fieldTree(policy, 'a.b.c.d.e'), {
      type: 'invalid_data',
      message: 'The following fields expand more than the maximum of 3 allowed relations: a.b.c.d.e',
    })
    assert.throws(() => fieldTree(policy, '*a.b.c.d,id,x.y.z.a.b'), /of 3 allowed relations: a\.b\.c\.d, x\.y\.z\.a\.b$/)
    assert.doesNotThrow(() => fieldTree(policy, 'a.b.c.d'))
    assert.doesNotThrow(() => fieldTree(policy, '*a.b.c'))
    const deeper = { ...policy, relationsLimit: 4 } as const
    assert.doesNotThrow(() => fieldTree(deeper, 'a.b.c.d.e'))
    assert.throws(() => fieldTree(deeper, '*a.b.c.d.e'), /maximum of 4/)
  })

  it('refuses a list that is longer than anybody needs', () => {
    assert.throws(() => fieldTree(policy, 'x'.repeat(limits.fieldsParameter_characters + 1)), /too long/)
  })

  it('one total brings all of them', () => {
    const cart = { id: 'cart_1', email: 'a@b.c', total: 1, tax_total: 2, items: [{ id: 'cali_1', title: 'Shirt', total: 3, tax_total: 4 }] }
    const of = (fields: string) => fieldTree(cartPolicy, fields).project(cart)
    assert.deepEqual(of('+items.total'), cart)
    assert.deepEqual(of('+total'), cart)
    assert.deepEqual(of('+email'), { id: 'cart_1', email: 'a@b.c', items: [{ id: 'cali_1', title: 'Shirt' }] })
  })

  it('tells beforehand what will be answered', () => {
    const tree = fieldTree(policy, 'title,variants.calculated_price')
    for (const [path, has] of [
      ['title', true],
      ['handle', false],
      ['variants', true],
      ['variants.calculated_price', true],
      ['variants.title', false],
      ['type', false],
    ] as const) {
      assert.equal(tree.has(path), has, path)
    }
    assert.equal(fieldTree(policy, undefined).has('variants.options'), true)
    assert.equal(fieldTree(policy, undefined).has('variants.calculated_price'), true)
  })

  it('does not count relations beyond a relation as its columns', () => {
    const deep: FieldsPolicy = { defaults: ['id', 'children.*'], extra: ['children.products.title'] }
    assert.equal(fieldTree(deep, undefined).has('children.name'), true)
    assert.equal(fieldTree(deep, undefined).has('children.products'), false)
    assert.equal(fieldTree(deep, '+children.products.title').has('children.products'), true)
  })

  it('tells moments as JavaScript writes them, also those that PostgreSQL has written, and nobody’s own words otherwise', () => {
    const policy: FieldsPolicy = { defaults: ['id', 'created_at', 'title', 'metadata', 'items.*'] }
    for (const written of [
      '2026-11-29T12:23:37.414+00:00',
      '2026-11-29T12:23:37.4+00:00',
      '2026-11-29T12:23:37.123456+00:00',
      '2026-11-29T12:23:37+00:00',
    ]) {
      const moment = new Date(written).toISOString()
      const own = { id: '1', title: written, metadata: { sold_at: written } }
      const thing = { ...own, created_at: written, items: [{ id: '2', paid_at: written, deleted_at: null }] }
      assert.deepEqual(fieldTree(policy, undefined).project(thing), {
        ...own,
        created_at: moment,
        items: [{ id: '2', paid_at: moment, deleted_at: null }],
      })
    }
    const known = new Date('2026-11-29T12:23:37.414Z')
    assert.deepEqual(fieldTree(policy, 'created_at').project({ id: '1', created_at: known }), { id: '1', created_at: known })
  })

  it('passes over what is null or absent', () => {
    const tree = fieldTree(policy, '*collection,metadata')
    assert.deepEqual(tree.project({ id: 'prod_2', collection: null, metadata: null }), { id: 'prod_2', collection: null, metadata: null })
    assert.deepEqual(tree.project({ id: 'prod_2' }), { id: 'prod_2' })
  })
})
