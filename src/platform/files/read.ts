import fs from 'node:fs'
import path from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { output, ZodType } from 'zod'
import { collectionsOf, picturesOf, type Theme, themeFile } from '../../themes/index.js'
import {
  type CategoryFile,
  type StoreFile,
  storeFile,
  type TranslationFile,
  translationFile,
  type VendorFile,
  vendorFile,
  vendorFileOf,
} from './schema.js'

/** One store as its folder describes it. */
export interface TenantFiles {
  slug: string
  store: StoreFile
  vendors: VendorFile[]
  /** By language tag. */
  translations: Map<string, TranslationFile>
  /** Absent without storefront.yaml. */
  theme: Theme | undefined
  /** Contents of pictures/ by file name. */
  pictures: Map<string, Buffer>
}

/** What is wrong with the files: every problem with file and line, so that all can be mended at once. */
export class TenantFilesError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const picture_bytes = 5_000_000

/**
 * Reads every store of a folder like tenants/.
 * @throws TenantFilesError that lists every problem of every file
 */
export function readTenantFiles(directory: string): TenantFiles[] {
  if (!fs.existsSync(directory)) throw new TenantFilesError([`${directory}: there is no such folder`])
  const problems: string[] = []
  const tenants: TenantFiles[] = []
  for (const entry of fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue
    const tenant = readTenant(path.join(directory, entry.name), problems)
    if (tenant === null) continue
    if (tenant.slug !== entry.name)
      problems.push(`${directory}/${entry.name}/store.yaml: slug is ${tenant.slug}, but the folder is ${entry.name}`)
    checkReferences(`${directory}/${entry.name}`, tenant, problems)
    tenants.push(tenant)
  }
  if (problems.length > 0) throw new TenantFilesError(problems)
  return tenants
}

function readTenant(folder: string, problems: string[]): TenantFiles | null {
  const store = readYaml(path.join(folder, 'store.yaml'), storeFile, problems)
  const themePath = path.join(folder, 'storefront.yaml')
  const theme = fs.existsSync(themePath) ? readYaml(themePath, themeFile, problems) : undefined
  const vendorFolder = path.join(folder, 'vendors')
  const vendorSchema = store === null ? vendorFile : vendorFileOf(store)
  const vendors = listFiles(vendorFolder, '.yaml').map((name) => readYaml(path.join(vendorFolder, name), vendorSchema, problems))
  const translations = new Map<string, TranslationFile>()
  for (const name of listFiles(path.join(folder, 'translations'), '.yaml')) {
    const file = readYaml(path.join(folder, 'translations', name), translationFile, problems)
    if (file !== null) translations.set(name.replace(/\.yaml$/, ''), file)
  }
  const pictureFolder = path.join(folder, 'pictures')
  const pictures = new Map<string, Buffer>()
  for (const name of listFiles(pictureFolder, '')) {
    const content = fs.readFileSync(path.join(pictureFolder, name))
    if (content.length > picture_bytes) problems.push(`${pictureFolder}/${name}: larger than ${picture_bytes} bytes`)
    pictures.set(name, content)
  }
  if (store === null || theme === null || vendors.includes(null)) return null
  return { slug: store.slug, store, vendors: vendors as VendorFile[], translations, theme, pictures }
}

function listFiles(folder: string, extension: string): string[] {
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(extension) && !name.startsWith('.'))
    .sort()
}

function readYaml<Schema extends ZodType>(file: string, schema: Schema, problems: string[]): output<Schema> | null {
  if (!fs.existsSync(file)) {
    problems.push(`${file}: is missing`)
    return null
  }
  const lines = new LineCounter()
  const document = parseDocument(fs.readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false })
  for (const error of document.errors) problems.push(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`)
  if (document.errors.length > 0) return null
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    const at = issue.path.map(String)
    problems.push(`${file}:${lineOf(document, issue.path, lines)}: ${at.length === 0 ? '' : `${at.join('.')}: `}${issue.message}`)
  }
  return null
}

/** The line of the innermost part of the path that is there. */
function lineOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line
  }
  return 1
}

/** Handles of all categories, parents before children. */
export function flatCategories(
  categories: readonly CategoryFile[],
  parent: string | null = null,
): (CategoryFile & { parent: string | null })[] {
  return categories.flatMap((category) => [{ ...category, parent }, ...flatCategories(category.children ?? [], category.handle)])
}

/** How a vendor's goods are sent, and how they are sent back. */
export function waysOf({ shipping, returns }: VendorFile): (VendorFile['shipping'][number] & { isReturn: boolean })[] {
  return [...shipping.map((way) => ({ ...way, isReturn: false })), ...returns.map((way) => ({ ...way, isReturn: true }))]
}

interface Complaints {
  complain(where: string, what: string): void
  /** Complains of a value that stands twice. */
  unique(where: string, what: string, values: readonly string[]): void
}

function checkReferences(folder: string, tenant: TenantFiles, problems: string[]): void {
  const complain = (where: string, what: string) => void problems.push(`${folder}/${where}: ${what}`)
  const unique = (where: string, what: string, values: readonly string[]) => {
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) complain(where, `two ${what} are ${twice}`)
  }
  checkStore(tenant, { complain, unique })
  checkVendors(tenant, { complain, unique })
  checkTheme(tenant, { complain, unique })
  checkTranslations(tenant, complain)
}

function checkTranslations({ store, vendors, translations }: TenantFiles, complain: Complaints['complain']): void {
  const known = {
    categories: flatCategories(store.categories).map((category) => category.handle),
    collections: store.collections.map((collection) => collection.handle),
    products: vendors.flatMap((vendor) => vendor.products.map((product) => product.handle)),
    vendors: vendors.map((vendor) => vendor.handle),
  }
  const said = new Set([
    ...store.regions.map((region) => region.name),
    ...store.return_reasons.map((reason) => reason.label),
    ...vendors.flatMap((vendor) => waysOf(vendor).map((way) => way.name)),
    ...vendors
      .flatMap((vendor) => vendor.products)
      .flatMap(({ material, options }) => [material ?? '', ...options.flatMap(({ title, values }) => [title, ...values])]),
  ])
  for (const [locale, file] of translations) {
    const where = `translations/${locale}.yaml`
    if (store.locales?.includes(locale) !== true) complain(where, `the store does not offer the language ${locale}: name it in locales`)
    for (const kind of ['categories', 'collections', 'vendors', 'products'] as const) {
      for (const handle of Object.keys(file[kind])) if (!known[kind].includes(handle)) complain(where, `${kind}: there is no ${handle}`)
    }
    for (const word of Object.keys(file.words)) if (!said.has(word)) complain(where, `words: nothing is called ${word}`)
  }
}

function checkTheme({ store, theme, pictures }: TenantFiles, { complain, unique }: Complaints): void {
  if (theme === undefined) return
  const file = 'storefront.yaml'
  const collections = new Set(store.collections.map((collection) => collection.handle))
  for (const name of picturesOf(theme)) if (!pictures.has(name)) complain(file, `no picture ${name}`)
  for (const handle of collectionsOf(theme)) if (!collections.has(handle)) complain(file, `no collection ${handle}`)
  const pages = theme.pages.map((page) => page.handle)
  unique(file, 'pages', pages)
  for (const block of theme.home) {
    const lacks = block.kind === 'products' && block.show === 'collection' && block.collection === undefined
    if (lacks) complain(file, 'home: products of a collection need `collection`')
  }
}

function checkStore({ store, vendors }: TenantFiles, { complain, unique }: Complaints): void {
  const file = 'store.yaml'
  const categories = flatCategories(store.categories).map((category) => category.handle)
  const handles = new Set(vendors.map((vendor) => vendor.handle))
  if (!store.currencies.includes(store.default_currency)) {
    complain(file, `default_currency ${store.default_currency} is not among currencies`)
  }
  for (const region of store.regions) {
    if (!store.currencies.includes(region.currency)) complain(file, `region ${region.name} has a currency that the store does not have`)
  }
  const countries = store.regions.flatMap((region) => region.countries)
  const regions = store.regions.map((region) => region.name)
  const rules = store.commission_rules.map((rule) => rule.name)
  unique(file, 'countries of regions', countries)
  unique(file, 'regions', regions)
  unique(file, 'commission rules', rules)
  unique(file, 'categories', categories)
  const reasons = store.return_reasons
  unique(
    file,
    'return reasons',
    reasons.map((reason) => reason.value),
  )
  for (const rule of store.commission_rules) {
    const where = `commission rule ${rule.name}`
    if (rule.vendor !== undefined && !handles.has(rule.vendor)) complain(file, `${where}: no vendor ${rule.vendor}`)
    if (rule.category !== undefined && !categories.includes(rule.category)) complain(file, `${where}: no category ${rule.category}`)
    if (rule.fixed !== undefined && rule.currency === undefined) complain(file, `${where}: a fixed amount needs a currency`)
  }
}

function checkVendors({ store, vendors, pictures }: TenantFiles, { complain, unique }: Complaints): void {
  const categories = new Set(flatCategories(store.categories).map((category) => category.handle))
  const collections = new Set(store.collections.map((collection) => collection.handle))
  const products = vendors.flatMap((vendor) => vendor.products.map((product) => product.handle))
  unique('vendors', 'product handles of the store', products)
  for (const vendor of vendors) {
    const file = `vendors/${vendor.handle}.yaml`
    const skus = vendor.products.flatMap((product) => product.variants.map((variant) => variant.sku))
    unique(file, 'SKUs', skus)
    unique(
      file,
      'ways of shipping',
      waysOf(vendor).map((way) => way.name),
    )
    if (vendor.logo !== undefined && !pictures.has(vendor.logo)) complain(file, `no picture ${vendor.logo}`)
    for (const product of vendor.products) {
      const where = `product ${product.handle}`
      for (const image of product.images) if (!pictures.has(image)) complain(file, `${where}: no picture ${image}`)
      for (const category of product.categories) if (!categories.has(category)) complain(file, `${where}: no category ${category}`)
      if (product.collection !== undefined && !collections.has(product.collection)) {
        complain(file, `${where}: no collection ${product.collection}`)
      }
    }
  }
}
