import assert from 'node:assert/strict'
import http from 'node:http'

export interface RawRequest {
  method: string
  path: string
  headers: Record<string, string>
  /** Sent one after the other without a length. */
  pieces?: readonly string[]
}

/** A request as fetch would not send it: with a Host of its own, or a body in pieces of no declared length. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export function openLines(url: string, wanted: RawRequest): Promise<{ status: number; body: any }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url + wanted.path, { method: wanted.method, headers: wanted.headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode as number, body: text.startsWith('{') ? JSON.parse(text) : text })
      })
    })
    request.on('error', reject)
    for (const piece of wanted.pieces ?? []) request.write(piece)
    request.end()
  })
}

/** Fails for an answer that is not 200, with what was answered. */
export function good<Body>(answer: { status: number; body: Body }): Body {
  assert.equal(answer.status, 200, JSON.stringify(answer.body).slice(0, 500))
  return answer.body
}

/** A conflict as shoppers are told of it, to the letter of the Store API's contract. */
export const plainConflict = {
  type: 'conflict',
  code: 'invalid_state_error',
  message: 'The request conflicted with another request. You may retry the request with the provided Idempotency-Key.',
}

/** Fails for an answer that is anything but such a conflict. */
export function refusedAsConflict({ status, body }: { status: number; body: unknown }): void {
  assert.deepEqual({ status, body }, { status: 409, body: plainConflict })
}
