import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import Router from '@koa/router'
import { openApiOf } from './openapi.js'
import type { Route } from './route.js'

const surfaces = ['store', 'vendor', 'admin', 'platform'] as const
const viewerDirectory = path.dirname(createRequire(import.meta.url).resolve('rapidoc/dist/rapidoc-min.js'))

/** `/openapi/{surface}.json`, and `/docs` to read them: one page with everything it needs, from this host alone. */
export function documentationRouter(routes: readonly Route[], publicUrl: string): Router {
  const router = new Router()
  for (const surface of surfaces) {
    // Written when it is first asked for: writing all of them is half of what a start costs, and few processes are asked.
    let text: string | undefined
    router.get(`/openapi/${surface}.json`, (ctx) => {
      text ??= JSON.stringify(openApiOf(surface, routes, publicUrl))
      ctx.type = 'application/json'
      ctx.body = text
    })
  }
  router.get('/docs/viewer.js', (ctx) => {
    ctx.type = 'text/javascript'
    ctx.set('cache-control', 'public, max-age=86400')
    ctx.body = fs.createReadStream(path.join(viewerDirectory, 'rapidoc-min.js'))
  })
  router.get('/docs', (ctx) => {
    const wanted = String(ctx.query.api ?? 'store')
    const surface = surfaces.find((name) => name === wanted) ?? 'store'
    ctx.type = 'text/html'
    ctx.set('content-security-policy', "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:")
    ctx.body = pageOf(surface)
  })
  return router
}

function pageOf(current: string): string {
  const links = surfaces.map((name) => `<a href="/docs?api=${name}"${name === current ? ' aria-current="page"' : ''}>${name}</a>`)
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stoa ${current} API</title>` +
    `<script type="module" src="/docs/viewer.js"></script><style>body{margin:0;font:15px system-ui}nav{padding:12px 16px;display:flex;gap:16px}` +
    `a[aria-current]{font-weight:700}rapi-doc{height:calc(100vh - 44px)}</style></head><body><nav>${links.join('')}</nav>` +
    `<rapi-doc spec-url="/openapi/${current}.json" render-style="focused" load-fonts="false" show-header="false" theme="light"></rapi-doc></body></html>`
  )
}
