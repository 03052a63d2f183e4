import fs from 'node:fs'
import path from 'node:path'
import { assertNoUnit } from '../db/index.js'
import { sizedOf } from './names.js'
import type { StoredFile } from './pictures.js'

/** A picture that was handed in to a tenant; null where there is none of that name. */
export async function findPicture(directory: string, tenantId: string, id: string): Promise<StoredFile | null> {
  if (sizedOf(id) === null) return null
  const found = await fs.promises.stat(path.join(directory, tenantId, id)).catch(() => null)
  return found?.isFile() === true ? { id, path: `/files/${tenantId}/${id}` } : null
}

/**
 * Removes a picture with its smaller forms. What named it, names it still: nothing is shown there any more.
 * @returns false where there was none of that name
 */
export async function removePicture(directory: string, tenantId: string, id: string): Promise<boolean> {
  assertNoUnit('removing files')
  if ((await findPicture(directory, tenantId, id)) === null) return false
  const names = [id, ...(sizedOf(id)?.renditions ?? []).map((rendition) => rendition.name)]
  for (const name of names) await fs.promises.rm(path.join(directory, tenantId, name), { force: true })
  return true
}
