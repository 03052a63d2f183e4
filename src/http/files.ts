import fs from 'node:fs'
import path from 'node:path'
import Router from '@koa/router'
import { isOurs, originalsOf } from '../files/index.js'

const types: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
}
const tenantPattern = /^ten_[0-9A-Z]{26}$/
const namePattern = /^[\w-]{1,100}\.[a-z]{3,4}$/

/** A rendition is made soon after its picture was handed in, or never: who got the original instead may ask again. */
const standIn_s = 60
/** A store's own pictures may be exchanged under the same name. */
const named_s = 86_400

/** Pictures, public as shops' pictures are. A picture can hold no script that runs: the policy sandboxes it. */
export function filesRouter(directory: string): Router {
  const router = new Router()
  router.get('/files/:tenant/:name', async (ctx) => {
    const { tenant, name } = ctx.params as { tenant: string; name: string }
    if (!tenantPattern.test(tenant) || !namePattern.test(name) || types[path.extname(name)] === undefined) return
    const found = await firstOf(path.join(directory, tenant), [name, ...originalsOf(name)])
    if (found === null) return
    ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    ctx.set('cache-control', found.name === name ? caching(name) : `public, max-age=${standIn_s}`)
    ctx.set('cross-origin-resource-policy', 'cross-origin')
    ctx.lastModified = found.stats.mtime
    ctx.type = types[path.extname(found.name)] as string
    ctx.length = found.stats.size
    ctx.body = fs.createReadStream(path.join(directory, tenant, found.name))
  })
  return router
}

const caching = (name: string) => (isOurs(name) ? 'public, max-age=31536000, immutable' : `public, max-age=${named_s}`)

async function firstOf(folder: string, names: readonly string[]): Promise<{ name: string; stats: fs.Stats } | null> {
  for (const name of names) {
    const stats = await fs.promises.stat(path.join(folder, name)).catch(() => null)
    if (stats?.isFile() === true) return { name, stats }
  }
  return null
}
