import pg from 'pg'

/** The oldest server with everything that migrations and roles use (`transaction_timeout`). */
const oldestVersion = 17
const answerTimeout_ms = 5_000

/**
 * For the start of a process, whose pool would wait for a server that is silent without an end.
 * @throws what PostgreSQL refuses with, or an error that says which setting leads to none, or to one that is too old
 */
export async function checkDatabase(setting: string, url: string, timeout_ms = answerTimeout_ms): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeout_ms })
  await client.connect().catch((error: NodeJS.ErrnoException) => {
    if (error instanceof pg.DatabaseError) throw error
    // Of several addresses Node gives the code alone.
    throw new Error(`no connection to PostgreSQL at ${client.host}:${client.port} (${setting}): ${error.message || error.code}`)
  })
  try {
    const { rows } = await client.query<{ major: number }>(`select current_setting('server_version_num')::int / 10000 as major`)
    const major = rows[0]?.major ?? 0
    if (major < oldestVersion) throw new Error(`PostgreSQL ${oldestVersion} or newer is needed, ${setting} leads to ${major}`)
  } finally {
    await client.end()
  }
}
