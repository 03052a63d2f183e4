import type { Metadata } from './objects.js'

/** An empty value removes a key, an empty text removes all. */
export function mergedMetadata(old: Metadata, change: unknown): Metadata {
  if (change === '' || change === null) return {}
  const merged = Object.entries({ ...old, ...(change as Record<string, string | null>) })
  return Object.fromEntries(merged.filter(([, value]) => value !== '' && value !== null)) as Metadata
}
