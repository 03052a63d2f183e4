import fs from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import decodePng, { init as initPng } from '@jsquash/png/decode.js'
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js'
import encodeWebp, { init as initEncoder } from '@jsquash/webp/encode.js'
import { shrink } from './shrink.js'
import type { RenditionOrder } from './renditions.js'

// A thread of its own: decoders run as WebAssembly, which cannot reach beyond its memory, and the thread is ended from
// outside when a picture takes too long.

/** Of 0 to 100. Below 75 the grain of glazes and cloth begins to smear. */
const quality = 78

interface Pixels {
  data: Uint8ClampedArray
  width: number
  height: number
}

// The decoders were made for browsers, which have this.
Object.assign(globalThis, {
  ImageData: class implements Pixels {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  },
})

const { resolve } = createRequire(import.meta.url)
const compiled = async (name: string) => WebAssembly.compile(await fs.promises.readFile(resolve(name)))

type Module = Parameters<typeof initPng>[0] & object
type Init = (module: Module) => Promise<unknown>
type Decode = (bytes: ArrayBuffer, options?: object) => Promise<Pixels>

const decoders: Record<RenditionOrder['format'], { wasm: string; init: Init; decode: Decode }> = {
  // Turned as the camera was held: a page shows the original so, too.
  jpg: {
    wasm: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
    init: initJpeg as Init,
    decode: (bytes) => (decodeJpeg as unknown as Decode)(bytes, { preserveOrientation: true }),
  },
  png: { wasm: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm', init: initPng as Init, decode: decodePng as unknown as Decode },
  webp: { wasm: '@jsquash/webp/codec/dec/webp_dec.wasm', init: initWebp as Init, decode: decodeWebp as unknown as Decode },
}

const { bytes, format, width, height, widths } = workerData as RenditionOrder
const { wasm, init, decode } = decoders[format]
await init((await compiled(wasm)) as unknown as Module)
await (initEncoder as unknown as Init)((await compiled('@jsquash/webp/codec/enc/webp_enc_simd.wasm')) as unknown as Module)
const pixels = await decode(bytes as unknown as ArrayBuffer)
if (pixels.width !== width || pixels.height !== height)
  throw new Error(`it is ${pixels.width} × ${pixels.height}, and its name says otherwise`)
for (const wanted of widths) {
  const encoded = await encodeWebp(shrink(pixels, wanted) as never, { quality })
  parentPort?.postMessage({ width: wanted, bytes: new Uint8Array(encoded) })
}
