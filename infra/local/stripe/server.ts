import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Api, Request } from './api.js'
import { controlAnswer } from './control-server.js'
import { pageAt } from './pages.js'
import type { SimulatorControl } from './types.js'
import type { World } from './world.js'

const body_bytes = 1_000_000
/** Stripe.js runs in the shop's pages: it may ask from anywhere, since it brings the publishable key along. */
const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, stripe-account, stripe-version',
  'access-control-allow-methods': 'GET, POST, DELETE',
}

/** The API that the SDK and Stripe.js talk to, and the pages that shoppers and vendors see. */
export function createApiServer(world: World, api: Api): http.Server {
  return http.createServer((request, response) => void serveApi(world, api, request, response))
}

async function serveApi(world: World, api: Api, incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const address = new URL(incoming.url ?? '/', 'http://localhost')
  const method = incoming.method ?? 'GET'
  const body = await readBody(incoming)
  if (body === undefined) return void response.writeHead(413).end()
  if (method === 'OPTIONS') return void response.writeHead(204, crossOrigin).end()
  const page = pageAt(world, method, address, body)
  if (page !== undefined && method !== 'GET') world.changed()
  if (page !== undefined) return void response.writeHead(page.status, page.headers).end(page.body)
  const request: Request = { method, path: address.pathname, query: address.search.slice(1), headers: incoming.headers, body }
  const fault = api.fault(request)
  const answer = await api.answer(request, fault)
  if (method !== 'GET') world.changed()
  if (fault === 'drop') return void incoming.socket.destroy()
  response.writeHead(answer.status, { 'content-type': 'application/json', ...crossOrigin, ...answer.headers }).end(answer.body)
}

/** The control plane. It takes nothing from pages of other origins. */
export function createControlServer(control: SimulatorControl): http.Server {
  return http.createServer(async (incoming, response) => {
    const body = await readBody(incoming)
    if (body === undefined) return void response.writeHead(413).end()
    if (incoming.headers.origin !== undefined) return void response.writeHead(403).end()
    const answer = await controlAnswer(control, incoming.method ?? 'GET', new URL(incoming.url ?? '/', 'http://localhost'), body)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body, null, 2))
  })
}

async function readBody(incoming: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length_bytes = 0
  for await (const chunk of incoming) {
    length_bytes += (chunk as Buffer).length
    if (length_bytes > body_bytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

/** Returns the port. Loopback only. */
export async function listen(server: http.Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

export async function close(server: http.Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
