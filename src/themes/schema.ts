import { z } from 'zod'
import { limits } from '../kernel/index.js'
import { isLocale } from '../translations/index.js'
import { contrastOf } from './contrast.js'

// The format of tenants/<slug>/storefront.yaml. Nothing in it can hold markup or a style: texts are texts, colours are six
// hexadecimal digits, fonts and shapes are names of what the storefront knows, and links lead within the store.

const short = z.string().trim().min(1).max(200)
const long = z.string().trim().min(1).max(limits.text_characters)
const byLocale = (text: z.ZodString) =>
  z
    .record(z.string().refine(isLocale, 'is not a language tag like de or pt-BR'), text)
    .refine((words) => Object.keys(words).length > 0, 'says nothing in any language')
/** Words in the store's own language, or in several by language tag. */
export const line = z.union([short, byLocale(short)])
export const paragraph = z.union([long, byLocale(long)])
const handle = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$/, 'is lower-case letters, digits and dashes')
const picture = z.string().regex(/^[\w-]{1,100}\.(svg|png|jpg|jpeg|webp|avif)$/, 'is not a file name of a picture')
const path = z
  .string()
  .max(300)
  .regex(/^\/(?!\/)[\w\-/?=&%.]*$/, 'is not a path within the store like /collections/gifts')
const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'is not a colour like #1f4d3a: a # and six hexadecimal digits')
  .toLowerCase()

const legible = 4.5

/** What must be told apart by people who see little: words, and what they stand on. */
const pairs = [
  ['text', 'page'],
  ['text', 'surface'],
  ['muted', 'page'],
  ['muted', 'surface'],
  ['accent', 'page'],
  ['accent', 'surface'],
  ['on_accent', 'accent'],
  ['on_band', 'band'],
] as const

const colours = z
  .strictObject({
    page: colour,
    surface: colour,
    text: colour,
    muted: colour,
    line: colour,
    accent: colour,
    on_accent: colour,
    band: colour,
    on_band: colour,
  })
  .superRefine((value, context) => {
    for (const [front, back] of pairs) {
      const contrast = contrastOf(value[front], value[back])
      if (contrast >= legible) continue
      const message = `${value[front]} on ${back} ${value[back]} has a contrast of ${contrast.toFixed(1)}, and ${legible} is needed to read it`
      context.addIssue({ code: 'custom', path: [front], message })
    }
  })

export const fontStacks = ['system', 'humanist', 'geometric', 'grotesque', 'old_style', 'transitional', 'slab', 'rounded'] as const

const link = z.strictObject({ label: line, to: path })

const block = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hero'),
    title: line,
    text: paragraph.optional(),
    pictures: z.array(picture).min(1).max(4),
    links: z.array(link).max(3).default([]),
  }),
  z.strictObject({ kind: z.literal('categories'), title: line, text: paragraph.optional() }),
  z.strictObject({
    kind: z.literal('collections'),
    title: line,
    text: paragraph.optional(),
    entries: z
      .array(z.strictObject({ handle, text: line.optional(), picture }))
      .min(1)
      .max(8),
  }),
  z.strictObject({
    kind: z.literal('products'),
    title: line,
    text: paragraph.optional(),
    /** What is shown: the newest, what sells best, or a collection. */
    show: z.enum(['newest', 'best_selling', 'collection']),
    collection: handle.optional(),
    count: z.number().int().min(2).max(24).default(8),
  }),
  z.strictObject({ kind: z.literal('vendors'), title: line, text: paragraph.optional() }),
  z.strictObject({
    kind: z.literal('words'),
    title: line.optional(),
    text: z.array(paragraph).min(1).max(10),
    picture: picture.optional(),
  }),
])

const page = z.strictObject({
  handle,
  title: line,
  /** Where the footer names it. */
  group: z.enum(['help', 'about']).default('help'),
  body: z
    .array(
      z.union([
        z.strictObject({ heading: line }),
        z.strictObject({ text: paragraph }),
        z.strictObject({ list: z.array(paragraph).min(1).max(50) }),
      ]),
    )
    .min(1)
    .max(100),
})

export const themeFile = z.strictObject({
  tagline: line,
  description: paragraph,
  /** One line above everything, for what all shoppers should know. */
  notice: line.optional(),
  logo: picture.optional(),
  /** Where shoppers write to. Pages name it wherever something is arranged by hand, and mails are answered to it. */
  contact: z.strictObject({ email: z.email().max(254) }).optional(),
  colours: z.strictObject({ light: colours, dark: colours }),
  fonts: z.strictObject({ headings: z.enum(fontStacks), text: z.enum(fontStacks) }),
  shape: z
    .strictObject({
      corners: z.enum(['square', 'soft', 'round']).default('soft'),
      header: z.enum(['line', 'centred']).default('line'),
      cards: z.enum(['plain', 'framed']).default('plain'),
      hero: z.enum(['split', 'stacked']).default('split'),
    })
    .prefault({}),
  home: z.array(block).min(1).max(20),
  footer: z.strictObject({ text: paragraph, links: z.array(link).max(20).default([]) }),
  pages: z.array(page).max(50).default([]),
})

export type Theme = z.output<typeof themeFile>
export type HomeBlock = Theme['home'][number]
export type Colours = Theme['colours']['light']
/** Words in one language or in several. */
export type Words = z.output<typeof line>

/** Names of all pictures that a theme shows. */
export function picturesOf(theme: Theme): string[] {
  const ofBlock = (block: HomeBlock): (string | undefined)[] => {
    if (block.kind === 'hero') return block.pictures
    if (block.kind === 'collections') return block.entries.map((entry) => entry.picture)
    return block.kind === 'words' ? [block.picture] : []
  }
  return [theme.logo, ...theme.home.flatMap(ofBlock)].filter((name) => name !== undefined)
}

/** Handles of all collections that a theme names. */
export function collectionsOf(theme: Theme): string[] {
  return theme.home.flatMap((block) => {
    if (block.kind === 'collections') return block.entries.map((entry) => entry.handle)
    return block.kind === 'products' && block.collection !== undefined ? [block.collection] : []
  })
}

/** A theme's words in the closest language that it has: the one wanted, without its country, the store's own, or any. */
export function wordsIn(words: Words, locale: string, own: string): string {
  if (typeof words === 'string') return words
  const [language] = locale.split('-') as [string]
  return words[locale] ?? words[language] ?? words[own] ?? (Object.values(words)[0] as string)
}
