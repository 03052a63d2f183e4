import http from 'node:http'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  body: any
  headers: Pick<Headers, 'get' | 'getSetCookie'>
}

export interface Client {
  get(path: string, query?: Record<string, string | number | boolean>, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  delete(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export interface Credentials {
  publishableKey?: string
  /** Sent as user name of Basic, as Medusa's clients send it. */
  secretKey?: string
  /** A token or a vendor key, sent as Bearer. */
  token?: string
  /** Slug for x-tenant. */
  tenant?: string
}

const agent = new http.Agent({ keepAlive: true })

/**
 * Calls a running Stoa as a client does. Never throws for an answer's status, and follows no redirect. Not through `fetch`:
 * with it, and with answers that are compressed and unpacked again, a call takes half as much again of a test's time.
 */
export function client(app: { url: string }, credentials: Credentials = {}): Client {
  const headers: Record<string, string> = {}
  if (credentials.publishableKey !== undefined) headers['x-publishable-api-key'] = credentials.publishableKey
  if (credentials.secretKey !== undefined) headers.authorization = `Basic ${Buffer.from(`${credentials.secretKey}:`).toString('base64')}`
  if (credentials.token !== undefined) headers.authorization = `Bearer ${credentials.token}`
  if (credentials.tenant !== undefined) headers['x-tenant'] = credentials.tenant

  function call(method: string, path: string, body: unknown, more: Record<string, string>): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const type: Record<string, string> = body === undefined || raw ? {} : { 'content-type': 'application/json' }
    const sent = Buffer.from(raw ? (body as string) : (JSON.stringify(body) ?? ''))
    const length: Record<string, string> = method === 'GET' ? {} : { 'content-length': String(sent.length) }
    return new Promise((resolve, reject) => {
      const request = http.request(new URL(app.url + path), { method, agent, headers: { ...headers, ...type, ...length, ...more } })
      request.on('error', reject)
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks).toString())))
      })
      request.end(sent)
    })
  }

  return {
    get(path, query = {}, more = {}) {
      const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()
      return call('GET', search === '' ? path : `${path}?${search}`, undefined, more)
    },
    post: (path, body, more = {}) => call('POST', path, body, more),
    delete: (path, body, more = {}) => call('DELETE', path, body, more),
  }
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, text: string): Answer {
  const json = headers['content-type']?.includes('application/json') === true
  return {
    status: statusCode,
    body: json ? JSON.parse(text) : text,
    headers: {
      get: (name) => headers[name.toLowerCase()]?.toString() ?? null,
      getSetCookie: () => headers['set-cookie'] ?? [],
    },
  }
}
