import fs from 'node:fs'
import path from 'node:path'

/** A request and its answer, without what signs in. */
export interface Exchange {
  method: string
  path: string
  request: string
  idempotencyKey: string | null
  status: number
  requestId: string | null
  response: unknown
}

const secretFields = /"(client_secret|secret|signing_secret)": ?"[^"]*"/g
/** A payment's secret stands in addresses, too. */
const secretsOfPayments = /_secret_\w+/g

/** Writes what was exchanged in each scenario into a file of its own, to be compared with the simulator's answers. */
export class Recorder {
  #exchanges: Exchange[] = []

  constructor(readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true })
  }

  /** A `fetch` for the SDK that keeps what passes. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const url = new URL(input instanceof Request ? input.url : input)
    const text = (await response.clone().text()).replace(secretFields, '"$1": "<secret>"').replace(secretsOfPayments, '_secret_<secret>')
    this.#exchanges.push({
      method: init?.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      request: typeof init?.body === 'string' ? init.body : '',
      idempotencyKey: new Headers(init?.headers).get('idempotency-key'),
      status: response.status,
      requestId: response.headers.get('request-id'),
      response: text.startsWith('{') ? (JSON.parse(text) as unknown) : text,
    })
    return response
  }

  /** Ends a scenario. */
  write(title: string): void {
    const name = title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 120)
    fs.writeFileSync(path.join(this.folder, `${name}.json`), `${JSON.stringify(this.#exchanges, null, 2)}\n`)
    this.#exchanges = []
  }
}
