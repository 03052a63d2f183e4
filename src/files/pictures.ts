import fs from 'node:fs'
import path from 'node:path'
import { imageSize } from 'image-size'
import { assertNoUnit, type Context } from '../db/index.js'
import { emit } from '../events/index.js'
import { invalidData, limits, payloadTooLarge } from '../kernel/index.js'
import { type Extension, nameOf } from './names.js'
import { writeWhole } from './write.js'

export interface GivenFile {
  name: string
  /** As its sender says; nobody has looked. */
  type: string
  bytes: Buffer
}

export interface StoredFile {
  id: string
  /** Without a host, as pictures are kept, so that a deployment can move. */
  path: string
}

const startsWith = (bytes: Buffer, at: number, text: string) => bytes.subarray(at, at + text.length).toString('latin1') === text

/** The formats that are taken, by their first bytes. */
const formats: readonly { extension: Extension; matches(bytes: Buffer): boolean }[] = [
  { extension: 'png', matches: (bytes) => startsWith(bytes, 0, '\x89PNG\r\n\x1a\n') },
  { extension: 'jpg', matches: (bytes) => startsWith(bytes, 0, '\xff\xd8\xff') },
  { extension: 'webp', matches: (bytes) => startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP') },
  { extension: 'avif', matches: (bytes) => startsWith(bytes, 4, 'ftypavif') || startsWith(bytes, 4, 'ftypavis') },
]

/**
 * The files of a body: of a form's parts, or the body itself.
 * @throws invalid_data for a form that cannot be read, and for one of too many parts or files
 */
export async function filesOf(body: Buffer): Promise<GivenFile[]> {
  if (!startsWith(body, 0, '--')) return [{ name: 'picture', type: '', bytes: body }]
  // A form begins with its boundary, which so need not be looked up in a header.
  const boundary = body.subarray(2, Math.max(body.indexOf('\r\n'), 2)).toString('latin1')
  if (!/^[\w'()+,./:=? -]{1,70}$/.test(boundary)) throw invalidData('The form has no boundary')
  if (hasMoreParts(body, boundary, limits.formParts)) throw invalidData(`A form has at most ${limits.formParts} parts`)
  const type = `multipart/form-data; boundary="${boundary}"`
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidData('The form cannot be read')
  })
  const files: GivenFile[] = []
  for (const [, value] of form) {
    if (typeof value !== 'string') files.push({ name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) })
  }
  if (files.length > limits.filesAtOnce) throw invalidData(`At most ${limits.filesAtOnce} files are taken at once`)
  return files
}

/** Whether a form has more parts than so many. Looked at before it is read: the parser makes all that there are. */
function hasMoreParts(body: Buffer, boundary: string, most: number): boolean {
  const delimiter = `\r\n--${boundary}`
  // One stands behind each part.
  let at = 0
  for (let parts = 0; parts <= most; parts += 1) {
    at = body.indexOf(delimiter, at) + delimiter.length
    if (at < delimiter.length) return false
  }
  return true
}

/**
 * Keeps pictures of a tenant under names of our own. All are looked at before any is written.
 * @throws invalid_data for no file, one of another format, one whose size cannot be read, or one of too many pixels;
 * 413 for one of too many bytes
 */
async function storePictures(directory: string, tenantId: string, files: readonly GivenFile[]): Promise<StoredFile[]> {
  assertNoUnit('writing files')
  if (files.length === 0) throw invalidData('No files were uploaded')
  const named = files.map(({ name, bytes }) => {
    if (bytes.length > limits.picture_bytes) throw payloadTooLarge(`A picture has at most ${limits.picture_bytes} bytes`)
    const format = formats.find((candidate) => candidate.matches(bytes))
    if (format === undefined) throw invalidData(`${shown(name)} is no PNG, JPEG, WebP or AVIF picture`)
    const { width, height } = sizeOf(name, bytes)
    return { id: nameOf(width, height, format.extension), bytes }
  })
  const folder = path.join(directory, tenantId)
  await fs.promises.mkdir(folder, { recursive: true })
  for (const { id, bytes } of named) await writeWhole(folder, id, bytes)
  return named.map(({ id }) => ({ id, path: `/files/${tenantId}/${id}` }))
}

/**
 * Keeps pictures that somebody hands in, and has their smaller forms made in the background.
 * @throws as storePictures
 */
export async function handInPictures(
  context: Context,
  directory: string,
  tenantId: string,
  files: readonly GivenFile[],
): Promise<StoredFile[]> {
  const stored = await storePictures(directory, tenantId, files)
  await context.db.unitOfWork(context.scope, async (unit) => {
    for (const { id } of stored) await emit(unit, 'picture.handed_in', { tenant: tenantId, name: id }, { requestId: context.requestId })
  })
  return stored
}

const shown = (name: string) => JSON.stringify(name.slice(0, 100))

/** As it is looked at, which for a photograph depends on how the camera was held. Only the head of the file is read. */
function sizeOf(name: string, bytes: Buffer): { width: number; height: number } {
  let size: ReturnType<typeof imageSize>
  try {
    size = imageSize(bytes)
  } catch {
    throw invalidData(`${shown(name)} does not say how large it is: it may be cut off. Save it anew and try again`)
  }
  const { width, height } = size
  if (!(width > 0 && height > 0)) throw invalidData(`${shown(name)} has no pixels`)
  if (width > limits.pictureSide || height > limits.pictureSide || width * height > limits.picturePixels) {
    throw invalidData(
      `${shown(name)} is ${width} × ${height}. A picture has at most ${limits.picturePixels} pixels, and ${limits.pictureSide} on a side. Make it smaller and try again`,
    )
  }
  const isTurned = size.orientation !== undefined && size.orientation >= 5
  return isTurned ? { width: height, height: width } : { width, height }
}
