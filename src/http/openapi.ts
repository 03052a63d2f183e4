import { type ZodType, z } from 'zod'
import { permissions } from '../access/index.js'
import type { Route, Surface } from './route.js'

const titles: Record<Surface, string> = {
  store: 'Store API',
  vendor: 'Vendor API',
  admin: 'Admin API',
  platform: 'Platform API',
  auth: 'Authentication',
}

/** The OpenAPI 3.1 description of a surface, from the schemas that validate its requests. Sign-in belongs to each. */
export function openApiOf(surface: Exclude<Surface, 'auth'>, routes: readonly Route[], baseUrl: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    if (route.surface !== surface && route.surface !== 'auth') continue
    const path = route.path.replace(/:([a-z_]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: `Stoa ${titles[surface]}`, version: '1.0.0' },
    servers: [{ url: baseUrl }],
    paths,
    components: {
      securitySchemes: {
        publishable_key: { type: 'apiKey', in: 'header', name: 'x-publishable-api-key' },
        token: { type: 'http', scheme: 'bearer' },
        secret_key: { type: 'http', scheme: 'basic' },
      },
      schemas: { Error: errorSchema },
    },
  }
}

const errorSchema = {
  type: 'object',
  required: ['message'],
  properties: { type: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
}

function operationOf(route: Route): object {
  const status = String(route.status ?? 200)
  const errors = Object.fromEntries(
    ['400', '401', '403', '404', '409', '422', '429'].map((code) => [
      code,
      { description: 'Error', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    ]),
  )
  const known = Object.hasOwn(permissions, route.access)
  return {
    summary: route.summary,
    tags: [route.path.split('/')[2] ?? route.surface],
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[/:_-]+([a-z])?/g, (_all, letter: string | undefined) => (letter ?? '').toUpperCase())}`,
    ...(known ? { description: `Needs the permission \`${route.access}\`.` } : {}),
    security: securityOf(route),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: { [status]: { description: 'Success', content: { 'application/json': {} } }, ...errors },
  }
}

function securityOf(route: Route): object[] {
  const key = route.surface === 'store' ? { publishable_key: [] } : {}
  if (route.access === 'public') return [key]
  if (route.surface === 'admin') return [{ token: [] }, { secret_key: [] }]
  return [{ ...key, token: [] }]
}

function jsonSchema(schema: ZodType): { properties?: Record<string, unknown>; required?: string[] } {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>
  return rest
}

function parametersOf(route: Route): object[] {
  const inPath = [...route.path.matchAll(/:([a-z_]+)/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const query: Record<string, unknown> = {}
  if (route.query !== undefined) Object.assign(query, jsonSchema(route.query).properties)
  if (route.fields !== undefined)
    query.fields = { type: 'string', description: 'what to answer: `+field`, `-field`, `*relation`, or a list' }
  if (route.page !== undefined) {
    query.limit = { type: 'integer', default: route.page.limit }
    query.offset = { type: 'integer', default: 0 }
    query.order = { type: 'string', enum: route.page.orderable.flatMap((field) => [field, `-${field}`]) }
  }
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: 'query', schema }))
  const idempotent = route.method === 'GET' ? [] : [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } }]
  return [...inPath, ...inQuery, ...idempotent]
}

function bodyOf(route: Route): object {
  if (route.raw !== undefined) {
    const content = Object.fromEntries(route.raw.types.map((type) => [type, { schema: { type: 'string' } }]))
    return { requestBody: { required: true, content } }
  }
  if (route.body === undefined) return {}
  return { requestBody: { content: { 'application/json': { schema: jsonSchema(route.body) } } } }
}
