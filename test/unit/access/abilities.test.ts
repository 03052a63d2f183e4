import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  type Actor,
  abilityOf,
  type Grant,
  mayGrant,
  type Permission,
  permissionNames,
  permits,
  reachOf,
  vendorsWithin,
} from '../../../src/access/index.js'

const actor = (...grants: Grant[]): Actor => ({
  type: 'user',
  id: 'user_1',
  identityId: null,
  tokenVersion: null,
  vendorId: null,
  grants,
  secondFactor: 'none',
})
const on = (permission: Permission, vendorId: string | null = null): Grant => ({ permission, vendorId })

const permission = fc.constantFrom(...permissionNames)
const vendor = fc.constantFrom(null, 'vend_1', 'vend_2', 'vend_3')
const grant: fc.Arbitrary<Grant> = fc.record({ permission, vendorId: vendor })
const grants = fc.array(grant, { maxLength: 12 })

describe('abilities', () => {
  it('of nobody are none', () => {
    for (const ability of [abilityOf(null), abilityOf(actor())]) {
      for (const name of permissionNames) {
        assert.equal(permits(ability, name), false, name)
        assert.throws(() => vendorsWithin(ability, name), { type: 'forbidden', status: 403, message: `This needs the permission ${name}` })
      }
    }
  })

  it('are exactly what was granted, and nothing that sounds like it', () => {
    fc.assert(
      fc.property(grants, (list) => {
        const ability = abilityOf(actor(...list))
        for (const name of permissionNames)
          assert.equal(
            permits(ability, name),
            list.some((entry) => entry.permission === name),
            name,
          )
      }),
    )
  })

  it('reach every vendor with a grant on the store, else the vendors of their grants', () => {
    fc.assert(
      fc.property(grants, permission, (list, name) => {
        const own = list.filter((entry) => entry.permission === name)
        fc.pre(own.length > 0)
        const within = vendorsWithin(abilityOf(actor(...list)), name)
        if (own.some((entry) => entry.vendorId === null)) assert.equal(within, null)
        else assert.deepEqual([...new Set(within)].sort(), [...new Set(own.map((entry) => entry.vendorId))].sort())
      }),
    )
  })

  it('with a grant on one vendor do not cover another', () => {
    const ability = abilityOf(actor(on('orders:read', 'vend_1'), on('orders:fulfil', 'vend_2')))
    assert.deepEqual(reachOf(ability, 'orders:read'), { all: false, vendorIds: ['vend_1'] })
    assert.deepEqual(vendorsWithin(ability, 'orders:fulfil'), ['vend_2'])
    assert.throws(() => vendorsWithin(ability, 'products:read'), { type: 'forbidden' })
  })

  it('of the platform keep the whole name of their noun', () => {
    const ability = abilityOf(actor(on('platform:tenants:read')))
    assert.deepEqual(
      [permits(ability, 'platform:tenants:read'), permits(ability, 'platform:tenants:write'), permits(ability, 'platform:jobs:read')],
      [true, false, false],
    )
  })
})

describe('granting', () => {
  it('is allowed only of what one has, as widely as one has it', () => {
    fc.assert(
      fc.property(grants, fc.array(permission, { minLength: 1, maxLength: 4 }), vendor, (list, wanted, vendorId) => {
        const allowed = wanted.every((name) =>
          list.some((entry) => entry.permission === name && (entry.vendorId === null || entry.vendorId === vendorId)),
        )
        assert.equal(mayGrant(actor(...list), { permissions: wanted, vendorId }), allowed)
      }),
    )
  })

  it('never gives more than the granter has, so that rights cannot grow along a chain', () => {
    // Most of what is wanted at random nobody has: it is drawn from what the granter has somewhere.
    const known = fc.array(grant, { minLength: 1, maxLength: 12 }).chain((list) => {
      const own = fc.constantFrom(...list.map((entry) => entry.permission))
      return fc.tuple(fc.constant(list), fc.array(own, { minLength: 1, maxLength: 4 }))
    })
    fc.assert(
      fc.property(known, vendor, ([list, wanted], vendorId) => {
        const granter = actor(...list)
        fc.pre(mayGrant(granter, { permissions: wanted, vendorId }))
        const receiver = abilityOf(actor(...wanted.map((name) => on(name, vendorId))))
        for (const name of wanted) {
          const has = vendorsWithin(abilityOf(granter), name)
          const gets = vendorsWithin(receiver, name)
          assert.ok(has === null || gets?.every((id) => has.includes(id)))
        }
      }),
    )
  })

  it('on the whole store is not allowed with rights on one vendor', () => {
    assert.equal(mayGrant(actor(on('orders:read', 'vend_1')), { permissions: ['orders:read'], vendorId: null }), false)
    assert.equal(mayGrant(actor(on('orders:read', 'vend_1')), { permissions: ['orders:read'], vendorId: 'vend_2' }), false)
    assert.equal(mayGrant(actor(on('orders:read')), { permissions: ['orders:read'], vendorId: 'vend_2' }), true)
  })
})
