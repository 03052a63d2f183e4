import assert from 'node:assert/strict'
import {
  builtInRoles,
  isPermission,
  operatorPermissions,
  type Permission,
  permissionNames,
  permissions,
} from '../../../src/access/index.js'

const scopesOf = (name: Permission) => permissions[name].scopes as readonly string[]

describe('the permission catalogue', () => {
  it('names each permission noun:verb, says where it can be granted and what it means', () => {
    for (const name of permissionNames) {
      assert.match(name, /^(platform:)?[a-z_]+:(read|write|fulfil|capture|refund|answer)$/)
      assert.ok(scopesOf(name).length > 0 && permissions[name].meaning.length > 5, name)
      assert.equal(name.startsWith('platform:'), scopesOf(name).includes('platform'), name)
      if (scopesOf(name).includes('platform')) assert.deepEqual(scopesOf(name), ['platform'], name)
    }
  })

  it('knows its own names and no others', () => {
    for (const name of permissionNames) assert.ok(isPermission(name), name)
    for (const name of ['', 'orders', 'orders:delete', 'Orders:read', 'constructor', '__proto__', 'toString'])
      assert.equal(isPermission(name), false, name)
  })
})

describe('built-in roles', () => {
  it('hold only permissions that can be granted where the role is', () => {
    for (const [name, role] of Object.entries(builtInRoles)) {
      assert.ok(role.permissions.length > 0, name)
      for (const permission of role.permissions) assert.ok(scopesOf(permission).includes(role.scope), `${name}: ${permission}`)
    }
  })

  it('a store’s owner can do all that is of the store, support only look', () => {
    assert.deepEqual(
      [...builtInRoles.store_owner.permissions].sort(),
      permissionNames.filter((name) => scopesOf(name).includes('tenant')).sort(),
    )
    assert.ok(builtInRoles.store_support.permissions.every((name) => name.endsWith(':read')))
    const manager: readonly Permission[] = builtInRoles.store_manager.permissions
    assert.ok(!manager.includes('staff:write') && !manager.includes('api_keys:write') && manager.includes('products:write'))
  })

  it('no role of a store or vendor reaches the platform, and operators reach nothing else', () => {
    for (const role of Object.values(builtInRoles)) assert.ok(!role.permissions.some((name) => name.startsWith('platform:')))
    assert.ok(operatorPermissions.length > 0 && operatorPermissions.every((name) => name.startsWith('platform:')))
  })

  it('a packer sends orders, and sees neither payments nor keys', () => {
    assert.deepEqual([...builtInRoles.vendor_packer.permissions].sort(), ['inventory:read', 'orders:fulfil', 'orders:read', 'profile:read'])
  })
})
