import http from 'node:http'
import net from 'node:net'
import { Webhook } from 'standardwebhooks'

/** A webhook as it came in. */
export interface Received {
  path: string
  headers: Record<string, string>
  body: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  json: any
}

interface Answering {
  status: number
  body?: string
  headers?: Record<string, string>
}

export interface Receiver {
  readonly url: string
  readonly got: Received[]
  /** What it answers; 204 unless set. */
  answer: (received: Received) => Answering | Promise<Answering>
  /** What came in for one address, in the order in which it did. */
  at(path: string): Received[]
  close(): Promise<void>
}

/** Somebody's software that listens for webhooks on this machine; a silent one answers nothing. */
export async function startReceiver(options: { isSilent?: boolean } = {}): Promise<Receiver> {
  const got: Received[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const received = { path: request.url ?? '', headers: request.headers as Record<string, string>, body, json: JSON.parse(body) }
      got.push(received)
      if (options.isSilent === true) return
      const { status, body: answered = '', headers = {} } = await receiver.answer(received)
      response.writeHead(status, headers).end(answered)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    got,
    answer: () => ({ status: 204 }),
    at: (path) => got.filter((received) => received.path === path),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

/** Somebody's software that speaks no HTTP to the end: it says what it is given to each caller, and stays on the line. */
export async function startRaw(said: string): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('data', () => socket.write(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Checks a signature as whoever listens does, with the specification's own library. Throws for one that is wrong. */
export function verify(secret: string, { body, headers }: Pick<Received, 'body' | 'headers'>): unknown {
  return new Webhook(secret).verify(body, headers)
}
