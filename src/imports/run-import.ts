import type { Context } from '../db/index.js'

/** Runs an import job. Handler of `import.requested`. */
export async function runImport(_context: Context, _request: { import_job_id: string; vendor_id: string }): Promise<void> {}
