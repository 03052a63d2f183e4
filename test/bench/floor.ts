import { createHash } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import pg from 'pg'

// The floor that requests stand on: a bare `node:http` server that sends the very statements that the API sends for the
// same request, in the same round trips, through a bare `pg` pool, and answers the rows. No framework, no sign-in, no
// policies, no checks, nothing reckoned.
// node floor.js <file with FloorPlan>

export interface FloorStatement {
  name: string
  text: string
  values: unknown[]
}

/** Groups of statements that travel together, one group after another. */
export type FloorRequest = FloorStatement[][]

export interface FloorPlan {
  port: number
  /** Of a superuser: policies do not bind it. */
  databaseUrl: string
  tenantId: string
  poolMax: number
  /** By path with query. */
  reads: Record<string, FloorRequest>
  /** By workload: what each of its steps sends, BEGIN and COMMIT among it. */
  writes: Record<string, FloorRequest[]>
  /** What belongs to the operation that was watched, such as its cart's id: every other has its own in the place of it. */
  owned: string[]
}

const plan = JSON.parse(fs.readFileSync(process.argv[2] as string, 'utf8')) as FloorPlan
const pool = new pg.Pool({
  connectionString: plan.databaseUrl,
  max: plan.poolMax,
  // What travels together from the API travels together from here.
  ...({ pipeline: true } as object),
  // The search function takes its tenant from here. Planned once, as the API has its large statements planned: else
  // PostgreSQL plans them again each time, and the floor would lie above what stands on it.
  options: `-c search_path=app,platform,public -c jit=off -c plan_cache_mode=force_generic_plan -c app.tenant_id=${plan.tenantId}`,
})
const owned = new RegExp(plan.owned.map((value) => value.replace(/\W/g, '\\$&')).join('|') || '(?!)', 'g')
const writePath = /^\/writes\/(\w+)\/(\d+)\/(\d+)$/

async function answer(path: string): Promise<string> {
  const [, workload = '', step, operation] = writePath.exec(path) ?? []
  const request = operation === undefined ? (plan.reads[path] ?? []) : asOperation(plan.writes[workload]?.[Number(step)] ?? [], operation)
  const client = await pool.connect()
  let failure: Error | undefined
  try {
    let rows: unknown[][] = []
    for (const group of request) {
      rows = await Promise.all(
        group.map(async ({ name, text, values }) => (await client.query({ ...(name === '' ? {} : { name }), text, values })).rows),
      )
    }
    return JSON.stringify(rows)
  } catch (error) {
    failure = error as Error
    throw error
  } finally {
    client.release(failure)
  }
}

/** The request as another operation sends it. */
function asOperation(request: FloorRequest, operation: string): FloorRequest {
  return request.map((group) =>
    group.map((statement) => ({
      ...statement,
      values: JSON.parse(JSON.stringify(statement.values).replace(owned, (value) => ownOf(value, operation))) as unknown[],
    })),
  )
}

/** An id with the same prefix; of an e-mail address, another address. */
function ownOf(value: string, operation: string): string {
  if (value.includes('@')) return `${operation}.${value}`
  const prefix = value.slice(0, value.lastIndexOf('_') + 1)
  return (
    prefix +
    createHash('sha256')
      .update(`${operation} ${value}`)
      .digest('hex')
      .slice(0, value.length - prefix.length)
  )
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
