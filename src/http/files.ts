import fs from 'node:fs'
import path from 'node:path'
import Router from '@koa/router'

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

/** Pictures, public as shops' pictures are. A picture can hold no script that runs: the policy sandboxes it. */
export function filesRouter(directory: string): Router {
  const router = new Router()
  router.get('/files/:tenant/:name', async (ctx) => {
    const { tenant, name } = ctx.params as { tenant: string; name: string }
    const type = types[path.extname(name)]
    if (!tenantPattern.test(tenant) || !namePattern.test(name) || type === undefined) return
    const file = path.join(directory, tenant, name)
    const found = await fs.promises.stat(file).catch(() => null)
    if (found === null || !found.isFile()) return
    ctx.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    ctx.set('cache-control', 'public, max-age=86400')
    ctx.set('cross-origin-resource-policy', 'cross-origin')
    ctx.lastModified = found.mtime
    ctx.type = type
    ctx.length = found.size
    ctx.body = fs.createReadStream(file)
  })
  return router
}
