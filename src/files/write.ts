import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Whole or not at all: whoever asks for the name finds no half of it. Written twice at once, here or by other processes, it is there once. */
export async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const partial = path.join(folder, `.${name}.${randomBytes(6).toString('hex')}.partial`)
  await fs.promises.writeFile(partial, bytes)
  await fs.promises.rename(partial, path.join(folder, name))
}
