import { randomBytes } from 'node:crypto'

/** Widths that pages ask for, in pixels: a card on a phone, a card or half a page on a sharp screen, a whole page. */
const widths = [320, 640, 1280]

const extensions = ['png', 'jpg', 'webp', 'avif'] as const
export type Extension = (typeof extensions)[number]

/** Whose smaller forms are made. An AVIF is small as it is, and goes out as it came. */
const shrunk: readonly string[] = ['png', 'jpg', 'webp']

const originalPattern = /^([0-9a-f]{32}-(\d{1,5})x(\d{1,5}))\.(png|jpg|webp|avif)$/
const renditionPattern = /^([0-9a-f]{32}-\d{1,5}x\d{1,5})-\d{1,5}\.webp$/

/** A name that says how large the picture is, so that a page knows it without a look into the file. */
export function nameOf(width: number, height: number, extension: Extension): string {
  return `${randomBytes(16).toString('hex')}-${width}x${height}.${extension}`
}

/** A picture that was handed in, or one made of it: what such a name stands for never changes. */
export function isOurs(name: string): boolean {
  return /^[0-9a-f]{32}[-.]/.test(name)
}

interface Sized {
  width: number
  height: number
  /** WebP pictures of other widths, the smallest first. They are made in the background: until then the original answers. */
  renditions: readonly { name: string; width: number }[]
}

/** What a picture's name says of it; null for the name of none that was handed in. */
export function sizedOf(name: string): Sized | null {
  const [, stem, width, height, extension] = originalPattern.exec(name) ?? []
  if (stem === undefined || extension === undefined) return null
  const own = Number(width)
  const smaller = widths.filter((candidate) => candidate < own)
  const made = shrunk.includes(extension) ? (smaller.length < widths.length ? [...smaller, own] : smaller) : []
  return {
    width: own,
    height: Number(height),
    renditions: made.map((candidate) => ({ name: `${stem}-${candidate}.webp`, width: candidate })),
  }
}

/** Names that the original of a rendition may have; none for what is no rendition. */
export function originalsOf(name: string): readonly string[] {
  const stem = renditionPattern.exec(name)?.[1]
  return stem === undefined ? [] : shrunk.map((extension) => `${stem}.${extension}`)
}
