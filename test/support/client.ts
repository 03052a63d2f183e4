export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  body: any
  headers: Headers
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

/** Calls a running Stoa as a client does. Never throws for an answer's status. */
export function client(app: { url: string }, credentials: Credentials = {}): Client {
  const headers: Record<string, string> = {}
  if (credentials.publishableKey !== undefined) headers['x-publishable-api-key'] = credentials.publishableKey
  if (credentials.secretKey !== undefined) headers.authorization = `Basic ${Buffer.from(`${credentials.secretKey}:`).toString('base64')}`
  if (credentials.token !== undefined) headers.authorization = `Bearer ${credentials.token}`
  if (credentials.tenant !== undefined) headers['x-tenant'] = credentials.tenant

  async function call(method: string, path: string, body: unknown, more: Record<string, string>): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const type: Record<string, string> = body === undefined || raw ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${app.url}${path}`, {
      method,
      headers: { ...headers, ...type, ...more },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('application/json') === true
    return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers }
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
