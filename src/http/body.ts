import type { IncomingMessage } from 'node:http'
import { invalidData, limits, payloadTooLarge } from '../kernel/index.js'

/**
 * Reads a request's body, up to a limit. Compressed bodies are refused: a small one can unpack to anything.
 * @throws invalid_data with status 413 when it is larger
 */
export function readBody(request: IncomingMessage, limit_bytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw invalidData('Compressed request bodies are not accepted')
  const declared = Number(request.headers['content-length'] ?? 0)
  const tooLarge = () => payloadTooLarge(`The request body is larger than the ${limit_bytes} bytes that are allowed here`)
  if (declared > limit_bytes) {
    request.resume()
    throw tooLarge()
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit_bytes) {
        request.removeAllListeners('data')
        request.resume()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks, size)))
    request.once('error', reject)
    request.once('aborted', () => reject(invalidData('The request body ended early')))
  })
}

/**
 * A JSON body. None at all is `{}`: clients send the content type with every request.
 * @throws invalid_data when it is no JSON, nested too deeply, or has a key that no object can have
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {}
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw invalidData('Invalid request: the body is not valid JSON')
  }
  if (isDeeperThan(body, limits.bodyLevels)) throw invalidData('Invalid request: the body is nested too deeply')
  // Schemas leave such a name out without a word, and what it stood for would seem to have been said.
  if (namesPrototype(body)) throw invalidData('Invalid request: a key cannot be __proto__')
  return body
}

/** Goes down into a body, which is no deeper than it may be. */
function namesPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(namesPrototype)
}

/** Level by level: what is nested deeply enough exhausts the stack of everything that goes down into it, as writing JSON does. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true
    level = level.flatMap((entry) => (typeof entry === 'object' && entry !== null ? Object.values(entry) : []))
  }
  return false
}
