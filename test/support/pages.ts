import http from 'node:http'
import type { TestApp } from './app.js'
import type { TestStore } from './store.js'

export interface PageAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

export interface PageRequest {
  /** Sent as a page's form; asked for by GET without one. */
  form?: Record<string, string>
  headers?: Record<string, string>
}

export const hostOf = (app: TestApp, store: TestStore) => `${store.slug}.localhost:${new URL(app.url).port}`

/** A request as a browser sends it to a store's host; redirects are not followed. */
export function askPage(app: TestApp, store: TestStore, path: string, { form, headers = {} }: PageRequest = {}): Promise<PageAnswer> {
  const host = hostOf(app, store)
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  const sent = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: `http://${host}` }
  return new Promise((resolve, reject) => {
    const options = { method: body === undefined ? 'GET' : 'POST', headers: { host, ...sent, ...headers }, agent: false }
    const request = http.request(app.url + path, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** A cookie that an answer sets, whole; undefined for one that it takes away. */
export function cookieOf({ headers }: PageAnswer, name: string): string | undefined {
  return headers['set-cookie']?.find((cookie) => cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}=;`))
}

/** The same as a browser sends it back. */
export function sentCookie(answer: PageAnswer, name: string): string {
  return cookieOf(answer, name)?.split(';')[0] ?? ''
}
