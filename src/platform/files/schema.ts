import { z } from 'zod'
import { isCurrency, limits, StoaError, toMinor } from '../../kernel/index.js'
import { isCountry } from '../../regions/index.js'
import { paymentInstructions } from '../../stores/index.js'
import { isLocale } from '../../translations/index.js'

// The format of tenants/<slug>/store.yaml and tenants/<slug>/vendors/<handle>.yaml. Amounts in major units, rates in per cent.

const name = z.string().trim().min(1).max(limits.name_characters)
const handle = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$/, 'is lower-case letters, digits and dashes')
const currency = z.string().refine(isCurrency, 'is not an ISO 4217 code in lower case')
const country = z
  .string()
  .refine(isCountry, 'is not a two-letter country code')
  .refine((code) => code === code.toLowerCase(), 'is not in lower case')
const percent = z.number().min(0).max(100)
const amount = z.number().min(0).max(1e12)
const prices = z.record(currency, amount).superRefine((amounts, context) => {
  for (const [code, major] of Object.entries(amounts)) lookAtAmount(context, major, code, code)
})
const text = z.string().max(limits.text_characters)
const picture = z.string().regex(/^[\w-]{1,100}\.(svg|png|jpg|jpeg|webp|avif)$/, 'is not a file name of a picture')

/** Complains at this place of an amount that its currency does not have. */
function lookAtAmount(context: z.RefinementCtx, major: number, code: string, place: string): void {
  try {
    toMinor(major, code)
  } catch (error) {
    if (!(error instanceof StoaError)) throw error
    context.addIssue({ code: 'custom', path: [place], message: error.message })
  }
}

export interface CategoryFile {
  name: string
  handle: string
  description?: string | undefined
  children?: CategoryFile[] | undefined
}

const category: z.ZodType<CategoryFile> = z.strictObject({
  name,
  handle,
  description: text.optional(),
  get children() {
    return z.array(category).max(200).optional()
  },
})

export const storeFile = z.strictObject({
  slug: handle,
  name,
  default_currency: currency,
  currencies: z.array(currency).min(1).max(50),
  /** Languages that the store offers, its own first. */
  locales: z.array(z.string().refine(isLocale, 'is not a language tag like de or pt-BR')).min(1).max(50).optional(),
  auto_pick_shipping: z.boolean().default(true),
  /** Whether money is taken when an order is placed. Never of a provider with `payment_instructions`: staff say when it came. */
  payment_capture: z.enum(['automatic', 'manual']).default('manual'),
  mail_from_name: name.optional(),
  /** How to pay where a person sees to it, and the order waits for the money, by payment provider: a name and a text, each one or one per language. */
  payment_instructions: paymentInstructions.optional(),
  /** Who owns the store; a password is made up and shown when the store is made. */
  owner_email: z.email().optional(),
  plan: z.strictObject({ name, rate: percent.default(0), fixed: prices.default({}) }).optional(),
  regions: z
    .array(
      z.strictObject({
        name,
        currency,
        countries: z.array(country).min(1).max(250),
        tax_inclusive: z.boolean().default(false),
        automatic_taxes: z.boolean().default(true),
        payment_providers: z.array(z.string().max(100)).default(['pp_system_default']),
      }),
    )
    .min(1)
    .max(100),
  taxes: z
    .array(
      z.strictObject({
        country,
        province: z.string().max(20).optional(),
        rates: z
          .array(
            z.strictObject({
              name,
              code: z.string().max(100),
              rate: percent,
              default: z.boolean().default(false),
              combinable: z.boolean().default(false),
              product_types: z.array(name).default([]),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
  categories: z.array(category).default([]),
  collections: z.array(z.strictObject({ title: name, handle })).default([]),
  /** Why shoppers send things back; what is told of one is `value` to software and `label` to people. */
  return_reasons: z
    .array(z.strictObject({ value: handle, label: name, description: text.optional() }))
    .max(100)
    .default([]),
  commission_rules: z
    .array(
      z
        .strictObject({
          name,
          rate: percent,
          fixed: amount.optional(),
          currency: currency.optional(),
          vendor: handle.optional(),
          category: handle.optional(),
          type: name.optional(),
        })
        .superRefine(({ fixed, currency }, context) => {
          if (fixed !== undefined && currency !== undefined) lookAtAmount(context, fixed, currency, 'fixed')
        }),
    )
    .default([]),
})

const variantFile = z
  .strictObject({
    title: name.optional(),
    sku: z.string().min(1).max(100),
    barcode: z.string().max(100).optional(),
    options: z.record(z.string(), z.string()).default({}),
    prices,
    compare_at: prices.default({}),
    stock: z.number().int().min(0).max(1_000_000).default(0),
    manage_inventory: z.boolean().default(true),
    allow_backorder: z.boolean().default(false),
  })
  .superRefine(({ sku, prices, compare_at }, context) => {
    // It is kept with the price, and without one it would be missing at every apply.
    for (const code of Object.keys(compare_at).filter((code) => prices[code] === undefined)) {
      const message = `variant ${sku} has no price in ${code}: name one in prices, or take this one out`
      context.addIssue({ code: 'custom', path: ['compare_at', code], message })
    }
  })

const productFile = z
  .strictObject({
    title: name,
    handle,
    subtitle: text.optional(),
    description: text.optional(),
    status: z.enum(['draft', 'published']).default('published'),
    type: name.optional(),
    tags: z.array(name).default([]),
    categories: z.array(handle).default([]),
    collection: handle.optional(),
    images: z.array(picture).default([]),
    material: name.optional(),
    origin_country: country.optional(),
    weight: z.number().min(0).optional(),
    options: z.array(z.strictObject({ title: name, values: z.array(z.string().min(1)).min(1).max(100) })).default([]),
    variants: z.array(variantFile).min(1).max(limits.variantsOfProduct),
  })
  .superRefine(({ options, variants }, context) => {
    variants.forEach((variant, index) => {
      const complain = (title: string, what: string) =>
        context.addIssue({ code: 'custom', path: ['variants', index, 'options', title], message: `variant ${variant.sku}: ${what}` })
      for (const { title, values } of options) {
        if (!values.includes(variant.options[title] ?? '')) complain(title, `${title} can be ${values.join(', ')}`)
      }
      const titles = options.map((option) => option.title)
      for (const title of Object.keys(variant.options)) if (!titles.includes(title)) complain(title, `the product has no option ${title}`)
    })
  })

const way = z.strictObject({ name, type: handle, countries: z.array(country).min(1), prices })

export const vendorFile = z.strictObject({
  handle,
  name,
  description: text.optional(),
  email: z.email(),
  logo: picture.optional(),
  location: z.strictObject({
    name,
    address: z
      .strictObject({
        address_1: name,
        address_2: name.optional(),
        city: name,
        postal_code: z.string().max(20),
        country_code: country,
        province: z.string().max(50).optional(),
      })
      .optional(),
  }),
  /** How goods go out, and how they come back; the price of coming back is kept from what is refunded. */
  shipping: z.array(way).default([]),
  returns: z.array(way).default([]),
  products: z.array(productFile).default([]),
})

/** The same, of a store whose currencies are known: prices are in these. */
export function vendorFileOf({ currencies }: StoreFile) {
  return vendorFile.superRefine(({ shipping, returns, products }, context) => {
    const look = (prices: Record<string, number>, ...path: (string | number)[]) => {
      for (const code of Object.keys(prices).filter((code) => !currencies.includes(code))) {
        const message = `the store does not have the currency ${code}: name it in currencies`
        context.addIssue({ code: 'custom', path: [...path, 'prices', code], message })
      }
    }
    for (const [index, { prices }] of shipping.entries()) look(prices, 'shipping', index)
    for (const [index, { prices }] of returns.entries()) look(prices, 'returns', index)
    for (const [place, { variants }] of products.entries()) {
      for (const [index, { prices }] of variants.entries()) look(prices, 'products', place, 'variants', index)
    }
  })
}

const words = z.string().trim().min(1).max(limits.text_characters)
const translationsOf = <Shape extends z.ZodRawShape>(shape: Shape) => z.record(handle, z.strictObject(shape)).default({})

/** tenants/<slug>/translations/<language tag>.yaml: words of what the catalogue has, by handle, and what all of it shares. */
export const translationFile = z.strictObject({
  /**
   * What the store's other files say in a word or two, and say again and again: names of regions, ways of delivery and of
   * sending back, reasons for that, options and their values, and materials.
   */
  words: z.record(z.string().min(1).max(limits.text_characters), words).default({}),
  vendors: translationsOf({ description: words }),
  categories: translationsOf({ name: words.optional(), description: words.optional() }),
  collections: translationsOf({ title: words.optional() }),
  products: translationsOf({
    title: words.optional(),
    subtitle: words.optional(),
    description: words.optional(),
    material: words.optional(),
  }),
})

export type TranslationFile = z.output<typeof translationFile>
export type StoreFile = z.output<typeof storeFile>
export type VendorFile = z.output<typeof vendorFile>
export type ProductFile = z.output<typeof productFile>
