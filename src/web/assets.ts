import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { Context as KoaContext } from 'koa'
import { CompressedOnce, type Effort, encodingFor } from '../http/index.js'
import type { Theme } from '../themes/index.js'
import { themeStyles } from './theme-styles.js'

interface Asset {
  name: string
  type: string
  text: string
  compressed: CompressedOnce
}

const types: Record<string, string> = { css: 'text/css', js: 'text/javascript' }

function assetOf(stem: string, extension: string, text: string, effort: Effort = 'for_ever'): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return { name: `${stem}.${hash}.${extension}`, type: types[extension] as string, text, compressed: new CompressedOnce(text, effort) }
}

// Compiled code lies in dist/src/web; what browsers get is not compiled.
const folder = new URL('../../../src/web/assets/', import.meta.url)
const read = (name: string) => fs.readFileSync(new URL(name, folder), 'utf8')

// What fits small screens comes last.
const sheets = ['base', 'controls', 'frame', 'home', 'lists', 'product', 'buying', 'orders', 'payment', 'later', 'small']
const styles = assetOf('storefront', 'css', sheets.map((name) => read(`${name}.css`)).join(''))
const script = assetOf('storefront', 'js', read('storefront.js'))
const paymentScript = assetOf('payment', 'js', read('payment.js'))
const themes = new WeakMap<Theme, Asset>()

/** Addresses of what a page of a theme needs. A file's name holds its content's hash: browsers keep it for ever. */
export function assetsOf(theme: Theme): { styles: string; theme: string; script: string } {
  return { styles: `/assets/${styles.name}`, theme: `/assets/${themeAsset(theme).name}`, script: `/assets/${script.name}` }
}

/** The address of what takes cards, which the checkout alone needs. */
export const paymentScriptAddress = `/assets/${paymentScript.name}`

function themeAsset(theme: Theme): Asset {
  // A theme is read anew every few seconds.
  const known = themes.get(theme) ?? assetOf('theme', 'css', themeStyles(theme), 'kept')
  themes.set(theme, known)
  return known
}

const namePattern = /^(theme|storefront|payment)\.[0-9a-f]{12}\.(css|js)$/

/**
 * Answers `/assets/…`; false for what is none. A page that a cache still shows may name what was before: it gets what is
 * now, to be asked for again.
 */
export async function sendAsset(ctx: KoaContext, theme: Theme, path: string): Promise<boolean> {
  const name = path.slice('/assets/'.length)
  const [, stem, extension] = namePattern.exec(name) ?? []
  const known = [styles, script, paymentScript, themeAsset(theme)]
  const asset = known.find((one) => one.name.startsWith(`${stem}.`) && one.name.endsWith(`.${extension}`))
  if (asset === undefined) return false
  ctx.status = 200
  ctx.set('cache-control', asset.name === name ? 'public, max-age=31536000, immutable' : 'no-cache')
  ctx.type = asset.type
  const encoding = encodingFor(ctx, asset.text)
  if (encoding !== null) ctx.set('content-encoding', encoding)
  ctx.body = encoding === null ? asset.text : await asset.compressed.as(encoding)
  return true
}
