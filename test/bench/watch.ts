import pg from 'pg'
import { decodeTime } from 'ulid'
import type { FloorRequest } from './floor.js'
import type { Memory, Step } from './load.js'

/** Sees what an API in this process sends to the database. */
export interface Watch {
  /** What is sent until `fn` resolves. What the gatekeeper asks, once in a while for all requests, is left out. */
  during(fn: () => Promise<void>): Promise<FloorRequest>
  stop(): void
}

type Message = string | { name?: string; text: string; values?: unknown[] }
type Query = (this: pg.Client, message: Message, ...rest: unknown[]) => unknown

/** Begins to watch: before the API is started, since a connection that is there already is not seen. */
export function watch(): Watch {
  const client = pg.Client.prototype as unknown as { query: Query }
  const { query } = client
  const underWay = new WeakMap<pg.Client, number>()
  let groups: FloorRequest = []
  client.query = function (message, ...rest) {
    const { name = '', text, values = [] } = typeof message === 'string' ? { text: message } : message
    const before = underWay.get(this) ?? 0
    underWay.set(this, before + 1)
    const isAnswered = () => underWay.set(this, (underWay.get(this) as number) - 1)
    if (before === 0) groups.push([])
    if (!name.startsWith('access.')) groups.at(-1)?.push({ name, text, values: [...values] })
    // Knex asks with a callback, we with a promise.
    const asked = rest.map((each) =>
      typeof each === 'function'
        ? (...answer: unknown[]) => {
            isAnswered()
            each(...answer)
          }
        : each,
    )
    const answer = query.call(this, message, ...asked)
    if (answer instanceof Promise) answer.then(isAnswered, isAnswered)
    return answer
  }
  return {
    async during(fn) {
      groups = []
      await fn()
      return withoutContext(groups)
    },
    stop() {
      client.query = query
    },
  }
}

/** Transactions without the context of a tenant; what only reads, without a transaction. */
function withoutContext(groups: FloorRequest): FloorRequest {
  let isReading = false
  return groups
    .map((group) =>
      group.flatMap((statement) => {
        if (/^begin/i.test(statement.text)) {
          isReading = /^begin read only/i.test(statement.text)
          return isReading ? [] : [{ ...statement, text: 'begin' }]
        }
        return isReading && /^commit/i.test(statement.text) ? [] : [statement]
      }),
    )
    .filter((group) => group.length > 0)
}

/** Sends the steps of one operation, and watches each. */
export async function watchSteps(on: Watch, steps: readonly Step[], url: string, headers: Record<string, string>): Promise<FloorRequest[]> {
  const memory: Memory = {}
  const requests: FloorRequest[] = []
  for (const step of steps) {
    const body = step.body?.(memory)
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const send = async () => {
      const path = step.path(memory)
      const response = await fetch(url + path, {
        method: step.method,
        headers: { 'content-type': 'application/json', ...headers },
        ...sent,
      })
      if (!response.ok) throw new Error(`${step.method} ${path}: ${response.status} ${await response.text()}`)
      step.keep?.(memory, (await response.json()) as never)
    }
    requests.push(await on.during(send))
  }
  return requests
}

const idPattern = /[a-z_]+_([0-9A-HJKMNP-TV-Z]{26})\b/g
const emailPattern = /[\w.]+@example\.com/g

/** Ids that were made since `since_ms` and addresses, wherever they stand in the values of what was watched. */
export function madeSince(since_ms: number, requests: readonly FloorRequest[]): string[] {
  const values = requests.flat(2).map((statement) => asText(statement.values))
  const ids = values.flatMap((text) => [...text.matchAll(idPattern)])
  const made = ids.filter(([, id]) => decodeTime(id as string) >= since_ms).map(([whole]) => whole)
  return [...new Set([...made, ...values.flatMap((text) => text.match(emailPattern) ?? [])])]
}

/** bigint as PostgreSQL takes it. */
export const asText = (value: unknown): string => JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? String(each) : each))
