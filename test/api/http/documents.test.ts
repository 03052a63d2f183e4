import assert from 'node:assert/strict'
import { routes } from '../../../src/api/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'

const surfaces = ['store', 'vendor', 'admin', 'platform'] as const

interface Operation {
  operationId: string
  summary: string
  parameters: { name: string; in: string; required?: boolean; schema: unknown }[]
  requestBody?: { content: Record<string, { schema: unknown }> }
  responses: Record<string, { description: string }>
}

interface Document {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
}

/** Every $ref below a value. */
function refsIn(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, each]) => (key === '$ref' && typeof each === 'string' ? [each] : refsIn(each)))
}

function resolved(document: object, ref: string): unknown {
  const steps = ref
    .replace(/^#\//, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], document)
}

describe('the descriptions of the APIs', () => {
  const app = useApp()

  for (const surface of surfaces) {
    describe(`of ${surface}`, () => {
      let document: Document

      before(async () => {
        const { status, body } = await client(app()).get(`/openapi/${surface}.json`)
        assert.equal(status, 200)
        document = body
      })

      const operations = () =>
        Object.entries(document.paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
        )

      it('is OpenAPI 3.1 with a title and this address', () => {
        assert.match(document.openapi, /^3\.1\.\d+$/)
        assert.ok(document.info.title.length > 0 && document.info.version.length > 0)
        assert.equal(document.servers[0]?.url, app().url)
      })

      it('describes every route of the surface, and those of signing in', () => {
        const expected = routes
          .filter((route) => route.surface === surface || route.surface === 'auth')
          .map((route) => `${route.method.toLowerCase()} ${route.path.replace(/:([a-z_]+)/g, '{$1}')}`)
        assert.deepEqual(
          operations()
            .map(({ method, path }) => `${method} ${path}`)
            .sort(),
          expected.sort(),
        )
      })

      it('refers to nothing that is not there', () => {
        const refs = new Set(refsIn(document))
        assert.ok(refs.size > 0)
        for (const ref of refs) assert.ok(resolved(document, ref) !== undefined, ref)
      })

      it('declares every parameter of a path, and none that is not in it', () => {
        for (const { path, method, operation } of operations()) {
          const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]).sort()
          const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
          assert.deepEqual(declared.map((parameter) => parameter.name).sort(), inPath, `${method} ${path}`)
          assert.ok(
            declared.every((parameter) => parameter.required === true),
            `${method} ${path}`,
          )
          const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`)
          assert.equal(new Set(names).size, names.length, `${method} ${path} declares a parameter twice`)
        }
      })

      it('names every operation once', () => {
        const ids = operations().map(({ operation }) => operation.operationId)
        assert.deepEqual(
          ids.filter((id, index) => ids.indexOf(id) !== index),
          [],
        )
        assert.ok(ids.every((id) => /^[a-z][A-Za-z0-9]*$/.test(id)))
      })

      it('has for every operation a summary, an answer, and a schema for what is sent', () => {
        for (const { path, method, operation } of operations()) {
          assert.ok(operation.summary.length > 5, `${method} ${path}`)
          assert.ok(
            Object.keys(operation.responses).some((status) => status.startsWith('2')),
            `${method} ${path}`,
          )
          for (const response of Object.values(operation.responses)) assert.ok(response.description.length > 0)
          for (const content of Object.values(operation.requestBody?.content ?? {}))
            assert.ok(content.schema !== undefined, `${method} ${path}`)
          if (method === 'get') assert.equal(operation.requestBody, undefined, `${method} ${path}`)
        }
      })

      it('is shown by a page that takes everything from this host', async () => {
        const page = await client(app()).get('/docs', { api: surface })
        assert.equal(page.status, 200)
        assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
        assert.ok(page.body.includes(`spec-url="/openapi/${surface}.json"`))
        assert.doesNotMatch(page.body, /(?:src|href)="(?:https?:)?\/\//)
        assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/)
      })
    })
  }

  it('says nothing of platform routes to a vendor, and nothing of vendors to shoppers', async () => {
    const { body } = await client(app()).get('/openapi/store.json')
    assert.ok(Object.keys(body.paths).every((path) => path.startsWith('/store') || path.startsWith('/auth')))
  })

  it('brings the viewer, and shows the Store API when another one is asked for', async () => {
    const viewer = await client(app()).get('/docs/viewer.js')
    assert.equal(viewer.status, 200)
    assert.match(viewer.headers.get('content-type') ?? '', /javascript/)
    const page = await client(app()).get('/docs', { api: '"><script>alert(1)</script>' })
    assert.ok(page.body.includes('/openapi/store.json'))
    assert.ok(!page.body.includes('alert(1)'))
  })
})
