import http from 'node:http'
import type { TestStore } from './store.js'

export interface SocketAnswer {
  /** 0 when the socket closed before an answer. */
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  body: any
}

export interface Caller {
  /** A POST on a connection of its own. `abortAfter_ms` closes the socket then, as a browser that is left does. */
  post(path: string, body?: unknown, options?: { abortAfter_ms?: number; headers?: Record<string, string> }): Promise<SocketAnswer>
}

/** A shopper's calls of which each has a connection of its own: many at once meet in the server and nowhere before it. */
export function separateSockets(app: { url: string }, store: Pick<TestStore, 'publishableKey'>): Caller {
  const agent = new http.Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })
  return {
    post: (path, body, { abortAfter_ms, headers } = {}) =>
      new Promise((resolve) => {
        const request = http.request(`${app.url}${path}`, {
          agent,
          method: 'POST',
          headers: { 'x-publishable-api-key': store.publishableKey, 'content-type': 'application/json', ...headers },
        })
        const lost = () => resolve({ status: 0, body: null })
        request.on('error', lost)
        request.on('response', (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', lost)
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || 'null') }),
          )
        })
        if (abortAfter_ms !== undefined) setTimeout(() => request.destroy(), abortAfter_ms)
        request.end(body === undefined ? undefined : JSON.stringify(body))
      }),
  }
}

/** Runs `work` for each item, so many at a time, and gives the results in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      results[index] = await work(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
  return results
}
