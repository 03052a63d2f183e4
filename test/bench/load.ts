import autocannon from 'autocannon'

/** What a run of steps remembers from one step to the next. */
export type Memory = Record<string, unknown>

/** One request of an operation. */
export interface Step {
  method: 'GET' | 'POST'
  path(memory: Memory): string
  body?(memory: Memory): unknown
  /** Of this request, beside those of the load. */
  headers?(memory: Memory, body: string): Record<string, string>
  /** Keeps what later steps need of the answer. */
  keep?(memory: Memory, answer: never): void
}

export interface Load {
  url: string
  headers: Record<string, string>
  steps: readonly Step[]
  connections: number
  seconds: number
}

export interface Measured {
  /** Those under way when the time was over count by the steps that were answered. */
  operations: number
  perSecond: number
  p50_ms: number
  p99_ms: number
}

interface Context extends Memory {
  began_ms?: number
}

/**
 * Repeats the steps on each connection for a time; an operation is all of its steps, one after another.
 * @throws Error with the first answer that is no success
 */
export async function drive(load: Load): Promise<Measured> {
  const times_ms: number[] = []
  let answered = 0
  let refused: string | undefined
  const last = load.steps.length - 1
  const requests = load.steps.map((step, index) => ({
    method: step.method,
    setupRequest(request: autocannon.Request, context: object): autocannon.Request {
      const memory = context as Context
      if (index === 0) memory.began_ms = performance.now()
      // A step that cannot be made, because the one before was refused, is sent anyway: the refusal is reported.
      const body = step.body?.(memory)
      const text = JSON.stringify(body ?? {})
      const headers = { ...request.headers, ...step.headers?.(memory, text) } as Record<string, string>
      return { ...request, path: step.path(memory), headers, ...(body === undefined ? {} : { body: text }) }
    },
    onResponse(status: number, body: string, context: object): void {
      const memory = context as Context
      answered += 1
      try {
        if (status >= 300) throw new Error(`${status} ${body.slice(0, 300)}`)
        step.keep?.(memory, JSON.parse(body) as never)
      } catch (error) {
        refused ??= `step ${index + 1}, ${step.method}: ${(error as Error).message}`
      }
      if (index === last) times_ms.push(performance.now() - (memory.began_ms as number))
    },
  }))
  const result = await autocannon({
    url: load.url,
    headers: { 'content-type': 'application/json', ...load.headers },
    connections: load.connections,
    duration: load.seconds,
    requests: requests as autocannon.Request[],
  })
  if (refused !== undefined) throw new Error(refused)
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered`)
  times_ms.sort((a, b) => a - b)
  const at = (share: number) => times_ms[Math.min(times_ms.length - 1, Math.floor(times_ms.length * share))] ?? Number.NaN
  const operations = answered / load.steps.length
  return { operations, perSecond: operations / result.duration, p50_ms: at(0.5), p99_ms: at(0.99) }
}
