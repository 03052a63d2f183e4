export { type Ability, abilityOf, mayGrant, permits, type Reach, reachOf, vendorsWithin } from './abilities.js'
export type { Actor, ActorType, Grant, Identified, Key, SecondFactorState, Tenant } from './actor.js'
export { createApiKey, type NewApiKey } from './create-key.js'
export { type Gatekeeper, gatekeeperOf, type Hints } from './gatekeeper.js'
export { isKey, type KeyType, keyHash, type NewKey, newKey } from './keys.js'
export { type ApiKeyRow, changeKeyChannels, deleteApiKey, listApiKeysStatement, revokeApiKey, updateApiKey } from './manage-keys.js'
export {
  confirmVerification,
  issueToken,
  mailedToken,
  requestPasswordReset,
  emailVerifiedStatement,
  requestVerification,
  resetPassword,
  type StorePersonType,
  type VerificationRow,
} from './mailed-tokens.js'
export { disableFactor, generateRecoveryCodes, listFactors, startFactor, verifyFactor } from './mfa.js'
export { type SecondFactor, verifyChallenge } from './mfa-challenges.js'
export type { FactorRow, MfaChallenge } from './mfa-rows.js'
export { hashPassword, passwordMatches } from './passwords.js'
export {
  type BuiltInRole,
  builtInRoles,
  isPermission,
  operatorPermissions,
  type Permission,
  permissionNames,
  permissions,
  vendorKeyPermissions,
} from './permissions.js'
export type { PersonType } from './person.js'
export { tenantByPublicIdStatement } from './queries.js'
export { refreshToken } from './refresh-token.js'
export { endSession, sessionCookie, sessionLifetime_s, startSession } from './sessions.js'
export {
  addIdentity,
  attachActor,
  type Credentials,
  ensureOperator,
  generatedPassword,
  register,
  removeIdentity,
  revokeTokens,
  type SignedIn,
  signIn,
} from './sign-in.js'
export { type TokenClaims, type Tokens, tokensOf } from './tokens.js'
export { listUsersStatement, type UserRow } from './users.js'
export { deleteRole, updateRole } from './change-role.js'
export { deleteUser, updateUser, type UserPatch } from './change-user.js'
export {
  acceptInvite,
  type Acceptance,
  createInvite,
  deleteInvite,
  type InviteInput,
  type InviteRow,
  inviteMailStatement,
  inviteToken,
  inviteToVendor,
  listInvitesStatement,
  needOpenInvite,
  resendInvite,
  useInvite,
  type UsedInvite,
  tokenShown,
} from './invites.js'
export { createRole, grantableVendorRole, listRolesStatement, refuseLacking, type RoleRow } from './roles.js'
export { createVendorKey, listVendorKeysStatement, lockVendorKey, rotateVendorKey, type VendorKeyRow } from './vendor-keys.js'
