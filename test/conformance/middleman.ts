import http from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>

/** What becomes of the answers that pass: nothing, or they are cut off, replaced, or changed. */
export type Meddling =
  | { kind: 'none' }
  | { kind: 'cut' }
  | { kind: 'answer'; status: number; body: string }
  | { kind: 'change'; change: (answer: Json) => void }

export interface Middleman {
  url: string
  meddling: Meddling
  /** Requests that reached it, by method and path. */
  readonly seen: string[]
  stop(): Promise<void>
}

/** Stands between an adapter and the simulator: what it is asked is executed, what comes back may be meddled with. */
export async function startMiddleman(target: string): Promise<Middleman> {
  const seen: string[] = []
  const server = http.createServer(async (incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url?.split('?')[0]}`)
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const { meddling } = middleman
    const passed = await passOn(new URL(incoming.url ?? '/', target), incoming, Buffer.concat(chunks))
    if (meddling.kind === 'cut') return void incoming.socket.destroy()
    if (meddling.kind === 'answer') {
      outgoing.writeHead(meddling.status, { 'content-type': 'application/json', 'stripe-should-retry': 'false' })
      return void outgoing.end(meddling.body)
    }
    if (meddling.kind === 'change') {
      const answer = JSON.parse(passed.body) as Json
      meddling.change(answer)
      passed.body = JSON.stringify(answer)
    }
    outgoing.writeHead(passed.status, { 'content-type': 'application/json', ...passed.headers }).end(passed.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const middleman: Middleman = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    meddling: { kind: 'none' },
    seen,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return middleman
}

function passOn(
  url: URL,
  incoming: http.IncomingMessage,
  body: Buffer,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const headers = { ...incoming.headers, host: url.host }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: incoming.method ?? 'GET', headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const id = response.headers['request-id']
      resolve({
        status: response.statusCode ?? 500,
        headers: typeof id === 'string' ? { 'request-id': id } : {},
        body: Buffer.concat(chunks).toString(),
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
