import fs from 'node:fs'
import http from 'node:http'
import pg from 'pg'

// The floor that a read stands on: a bare `node:http` server that sends the very statements that the API sends for the
// same path, through a bare `pg` pool, and answers the rows. No framework, no sign-in, no policies, no checks.
// node floor.js <file with FloorPlan>

export interface FloorStatement {
  name: string
  text: string
  values: unknown[]
}

export interface FloorPlan {
  port: number
  /** Of a superuser: policies do not bind it. */
  databaseUrl: string
  tenantId: string
  poolMax: number
  /** By path with query: groups of statements that travel together, one group after another. */
  reads: Record<string, FloorStatement[][]>
}

const plan = JSON.parse(fs.readFileSync(process.argv[2] as string, 'utf8')) as FloorPlan
const pool = new pg.Pool({
  connectionString: plan.databaseUrl,
  max: plan.poolMax,
  // The search function takes its tenant from here. Planned once, as the API has its large statements planned: else
  // PostgreSQL plans them again each time, and the floor would lie above what stands on it.
  options: `-c search_path=app,platform,public -c jit=off -c plan_cache_mode=force_generic_plan -c app.tenant_id=${plan.tenantId}`,
})

async function answer(path: string): Promise<string> {
  const client = await pool.connect()
  try {
    let rows: unknown[][] = []
    for (const group of plan.reads[path] ?? []) {
      rows = await Promise.all(
        group.map(async ({ name, text, values }) => (await client.query({ ...(name === '' ? {} : { name }), text, values })).rows),
      )
    }
    return JSON.stringify(rows)
  } finally {
    client.release()
  }
}

http
  .createServer((request, response) => {
    answer(request.url ?? '').then(
      (body) => response.setHeader('content-type', 'application/json').end(body),
      (error: Error) => {
        response.statusCode = 500
        response.end(error.message)
      },
    )
  })
  .listen(plan.port, '127.0.0.1')
