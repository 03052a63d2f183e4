import { z } from 'zod'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { importErrorsStatement, importsStatement, requestImport } from '../../imports/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { listed } from '../store/shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'kind',
    'file_name',
    'on_error',
    'state',
    'row_count',
    'processed_count',
    'created_count',
    'updated_count',
    'error_count',
    'failure',
    'started_at',
    'finished_at',
    'created_at',
    'updated_at',
  ],
}
const errorFields: FieldsPolicy = { defaults: ['line', 'column', 'value', 'reason', 'handle'] }

async function retrieve({ context }: RequestContext<unknown, unknown>, id: string) {
  const [row] = await context.db.read(context.scope, importsStatement(tenantOf(context), id, singlePage))
  if (row === undefined) throw notFound(`Import with id: ${id} was not found`)
  return row
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/imports',
    summary: "List the vendor's imports, the newest first",
    access: 'imports:read',
    fields,
    page: { limit: 50, orderable: ['id'], descending: true },
    async handle(request) {
      const { context, page } = request
      const { rows, count } = await readPage(context, page, (part) => importsStatement(tenantOf(context), null, part))
      return listed('imports', rows, request, count)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/imports',
    summary: "Bring products in Shopify's CSV file; it is read in the background",
    access: 'imports:write',
    query: z.strictObject({
      on_error: z.enum(['skip', 'abort']).optional(),
      file_name: z.string().trim().min(1).max(limits.name_characters).optional(),
    }),
    raw: { types: ['text/csv'], limit_bytes: limits.importFile_bytes },
    fields,
    async handle(request) {
      const { on_error = 'skip', file_name = null } = request.query
      const id = await requestImport(request.context, { content: request.raw, on_error, file_name })
      return { import: request.fields.project(await retrieve(request, id)) }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/imports/:id',
    summary: 'An import and how far it has come',
    access: 'imports:read',
    fields,
    ids: { id: 'import' },
    handle: async (request) => ({ import: request.fields.project(await retrieve(request, request.params.id as string)) }),
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/imports/:id/errors',
    summary: 'What was wrong with the file of an import, by line and column',
    access: 'imports:read',
    fields: errorFields,
    page: { limit: 100, orderable: ['line'] },
    ids: { id: 'import' },
    async handle(request) {
      const { context, page } = request
      const id = request.params.id as string
      await retrieve(request, id)
      const { rows, count } = await readPage(context, page, (part) => importErrorsStatement(tenantOf(context), id, part))
      return listed('import_errors', rows, request, count)
    },
  }),
]
