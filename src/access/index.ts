export { type Ability, abilityOf, mayGrant, permits, type Reach, reachOf, vendorsWithin } from './abilities.js'
export type { Actor, ActorType, Grant, Identified, Key, Tenant } from './actor.js'
export { createApiKey, type NewApiKey } from './create-key.js'
export { type Gatekeeper, gatekeeperOf, type Hints } from './gatekeeper.js'
export { isKey, type KeyType, keyHash, type NewKey, newKey } from './keys.js'
export { type ApiKeyRow, changeKeyChannels, listApiKeysStatement, revokeApiKey } from './manage-keys.js'
export { hashPassword, passwordMatches } from './passwords.js'
export {
  type BuiltInRole,
  builtInRoles,
  isPermission,
  operatorPermissions,
  type Permission,
  permissionNames,
  permissions,
} from './permissions.js'
export { refreshToken } from './refresh-token.js'
export {
  addIdentity,
  type Credentials,
  ensureOperator,
  generatedPassword,
  revokeTokens,
  signIn,
  signInOperator,
} from './sign-in.js'
export { type TokenClaims, type Tokens, tokensOf } from './tokens.js'
export { listUsersStatement, type UserRow } from './users.js'
