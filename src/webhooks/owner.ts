import type { Scope } from '../db/index.js'

/** Whose webhooks a request is about: the vendor's whose scope it has, or the store's own, which is null. Staff see to the store's alone. */
export const ownerOf = (scope: Scope): string | null => (scope.role === 'vendor' ? (scope.vendorId ?? null) : null)
