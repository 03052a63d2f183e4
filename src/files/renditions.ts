import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { assertNoUnit, type Context, statement, tenantOf } from '../db/index.js'
import { sizedOf } from './names.js'
import { writeWhole } from './write.js'

/** What the thread is told. */
export interface RenditionOrder {
  bytes: Uint8Array
  format: 'png' | 'jpg' | 'webp'
  width: number
  height: number
  widths: readonly number[]
}

/** Far above the four seconds that the largest picture takes on a busy machine; below the time that a job has. */
const thread_ms = 60_000
/** Beside the pixels, which are counted before: 24 million take about 250 MB, and only one picture is open at a time. */
const heap_MB = 128

/**
 * Makes the renditions of a picture that a store's people handed in.
 * @throws Error for a picture of another store than the context's
 */
export async function makeHandedIn(context: Context, directory: string, { tenant, name }: { tenant: string; name: string }): Promise<void> {
  const [row] = await context.db.read(
    { role: 'platform' },
    statement<{ id: string }>('files.tenant', 'select t.id from platform.tenant t where t.public_id = $1', [tenant]),
  )
  // A payload names no other store than its row does.
  if (row?.id !== tenantOf(context)) throw new Error(`the picture ${name} is not of this store`)
  await makeRenditions(path.join(directory, tenant), name)
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Makes the smaller forms of a picture that was handed in, one picture at a time in this process. What is made already is
 * not made again. Of a picture that its decoder refuses there are none, and the original goes on answering.
 * @throws what the file system throws
 */
async function makeRenditions(folder: string, name: string): Promise<void> {
  assertNoUnit('making renditions')
  const sized = sizedOf(name)
  if (sized === null) return
  const missing = sized.renditions.filter((rendition) => !fs.existsSync(path.join(folder, rendition.name)))
  if (missing.length === 0) return
  const bytes = await fs.promises.readFile(path.join(folder, name))
  const order = { bytes, format: path.extname(name).slice(1) as RenditionOrder['format'], width: sized.width, height: sized.height }
  const turn = last.then(() => inThread({ ...order, widths: missing.map(({ width }) => width) }))
  last = turn.catch(() => undefined)
  const made = await turn
  if (made === null) return
  for (const rendition of missing) await writeWhole(folder, rendition.name, made.get(rendition.width) as Uint8Array)
}

/** All pictures of an order by width; null when its picture cannot be decoded, or not in time. */
function inThread(order: RenditionOrder): Promise<Map<number, Uint8Array> | null> {
  return new Promise((resolve) => {
    const made = new Map<number, Uint8Array>()
    const thread = new Worker(new URL('./rendition-worker.js', import.meta.url), {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: heap_MB },
      // Decoders complain there of what they are given.
      stdout: true,
      stderr: true,
    })
    const timer = setTimeout(() => void thread.terminate(), thread_ms)
    thread.on('message', ({ width, bytes }: { width: number; bytes: Uint8Array }) => made.set(width, bytes))
    thread.on('error', () => undefined)
    thread.on('exit', () => {
      clearTimeout(timer)
      resolve(order.widths.every((width) => made.has(width)) ? made : null)
    })
  })
}
