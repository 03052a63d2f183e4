import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { assertNoUnit } from '../db/index.js'
import { invalidData, limits, payloadTooLarge } from '../kernel/index.js'

export interface GivenFile {
  name: string
  bytes: Buffer
}

export interface StoredFile {
  id: string
  /** Without a host, as pictures are kept, so that a deployment can move. */
  path: string
}

const startsWith = (bytes: Buffer, at: number, text: string) => bytes.subarray(at, at + text.length).toString('latin1') === text

/** The formats that are taken, by their first bytes. */
const formats: readonly { extension: string; matches(bytes: Buffer): boolean }[] = [
  { extension: 'png', matches: (bytes) => startsWith(bytes, 0, '\x89PNG\r\n\x1a\n') },
  { extension: 'jpg', matches: (bytes) => startsWith(bytes, 0, '\xff\xd8\xff') },
  { extension: 'webp', matches: (bytes) => startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP') },
  { extension: 'avif', matches: (bytes) => startsWith(bytes, 4, 'ftypavif') || startsWith(bytes, 4, 'ftypavis') },
]

/**
 * The files of a body: of a form's parts, or the body itself.
 * @throws invalid_data for a form that is none, or without a file
 */
export async function filesOf(body: Buffer): Promise<GivenFile[]> {
  if (!startsWith(body, 0, '--')) return [{ name: 'picture', bytes: body }]
  // A form begins with its boundary, which so need not be looked up in a header.
  const boundary = body.subarray(2, Math.max(body.indexOf('\r\n'), 2)).toString('latin1')
  if (!/^[\w'()+,./:=? -]{1,70}$/.test(boundary)) throw invalidData('The form has no boundary')
  const type = `multipart/form-data; boundary="${boundary}"`
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidData('The form cannot be read')
  })
  const files: GivenFile[] = []
  for (const [, value] of form) {
    if (typeof value !== 'string') files.push({ name: value.name, bytes: Buffer.from(await value.arrayBuffer()) })
  }
  return files
}

/**
 * Keeps pictures of a tenant under names of our own. All are looked at before any is written.
 * @throws invalid_data for no file, too many, one that is empty, or one of another format; 413 for one that is too large
 */
export async function storePictures(directory: string, tenantId: string, files: readonly GivenFile[]): Promise<StoredFile[]> {
  assertNoUnit('writing files')
  if (files.length === 0) throw invalidData('No files were uploaded')
  if (files.length > limits.filesAtOnce) throw invalidData(`At most ${limits.filesAtOnce} files are taken at once`)
  const named = files.map(({ name, bytes }) => {
    if (bytes.length > limits.picture_bytes) throw payloadTooLarge(`A picture has at most ${limits.picture_bytes} bytes`)
    const format = formats.find((candidate) => candidate.matches(bytes))
    if (format === undefined) throw invalidData(`${JSON.stringify(name.slice(0, 100))} is no PNG, JPEG, WebP or AVIF picture`)
    return { id: `${randomBytes(16).toString('hex')}.${format.extension}`, bytes }
  })
  const folder = path.join(directory, tenantId)
  await fs.promises.mkdir(folder, { recursive: true })
  for (const { id, bytes } of named) {
    // Whole or not at all: whoever asks for the name finds no half of it.
    const partial = path.join(folder, `.${id}.partial`)
    await fs.promises.writeFile(partial, bytes, { flag: 'wx' })
    await fs.promises.rename(partial, path.join(folder, id))
  }
  return named.map(({ id }) => ({ id, path: `/files/${tenantId}/${id}` }))
}
