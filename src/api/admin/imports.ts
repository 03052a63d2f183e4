import { z } from 'zod'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { filesOf } from '../../files/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { type BroughtFile, confirmImport, importErrorsStatement, requestStoreImport, storeImportsStatement } from '../../imports/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import { listed } from '../store/shared.js'
import { productBodies } from './product-writing.js'
import { type AnyRequest, id, ids, needWholeStore, reach, reading } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'kind',
    'source',
    'vendor_id',
    'vendor.*',
    'file_name',
    'on_error',
    'state',
    'row_count',
    'processed_count',
    'to_create_count',
    'to_update_count',
    'created_count',
    'updated_count',
    'error_count',
    'failure',
    'created_by',
    'started_at',
    'finished_at',
    'expires_at',
    'created_at',
    'updated_at',
  ],
}
const errorFields: FieldsPolicy = { defaults: ['line', 'column', 'value', 'reason', 'handle'] }

/** A form with one file of the largest size. */
const form_bytes = limits.importFile_bytes + 100_000

/** Reads and checks a file. It may name any vendor's products, and what the whole store shares. */
async function bring(request: AnyRequest, file: BroughtFile) {
  for (const permission of ['imports:write', 'products:write'] as const) needWholeStore(request, permission)
  const { id: transaction_id, ...told } = await requestStoreImport(request.context, file, productBodies)
  return { transaction_id, ...told }
}

/** Both of Medusa's addresses: what the older one began, the newer can confirm. */
const confirming = (path: string): Route =>
  route({
    surface: 'admin',
    method: 'POST',
    path,
    summary: 'Have an import written that waits for it; once',
    access: 'imports:write',
    ids: { transaction_id: 'store_import' },
    status: 202,
    async handle(request) {
      for (const permission of ['imports:write', 'products:write'] as const) needWholeStore(request, permission)
      await confirmImport(request.context, request.params.transaction_id as string)
      return {}
    },
  })

const productRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/imports',
    summary: "Check products in Medusa's CSV file that was handed in at /admin/uploads; they are written when that is confirmed",
    access: 'imports:write',
    limit: 'upload',
    body: z.strictObject({
      file_key: id,
      originalname: z.string().trim().min(1).max(limits.name_characters),
      // Medusa's client says once more what it said when it asked where to hand the file in.
      extension: z.string().max(limits.name_characters).optional(),
      mime_type: z.string().max(limits.name_characters).optional(),
      size: z.number().optional(),
    }),
    ids: { file_key: 'import_file' },
    status: 202,
    handle: (request) => bring(request, { name: request.body.originalname, key: request.body.file_key }),
  }),
  confirming('/admin/products/imports/:transaction_id/confirm'),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/import',
    summary: "Check products in Medusa's CSV file, the file of a form; they are written when that is confirmed",
    access: 'imports:write',
    limit: 'upload',
    raw: { types: ['multipart/form-data'], limit_bytes: form_bytes },
    status: 202,
    async handle(request) {
      const [file] = request.raw.length === 0 ? [] : await filesOf(request.raw)
      if (file === undefined) throw invalidData('No file was uploaded for importing')
      return bring(request, { name: file.name.slice(0, limits.name_characters), bytes: file.bytes })
    },
  }),
  confirming('/admin/products/import/:transaction_id/confirm'),
]

function load(request: AnyRequest, wanted: { id?: string[]; state?: string[] }, page: AnyRequest['page']) {
  const { context } = request
  const filter = { id: wanted.id ?? null, state: wanted.state ?? null, vendorIds: reach(request, 'imports:read') }
  return context.db.read(context.scope, storeImportsStatement(tenantOf(context), filter, page))
}

const imports = reading({
  path: '/admin/imports',
  singular: 'import',
  plural: 'imports',
  label: 'Import',
  access: 'imports:read',
  query: z.strictObject({ id: ids, state: oneOrMany.optional() }),
  fields,
  orderable: ['created_at', 'id', 'updated_at'],
  descending: true,
  load: (request, query, page) => load(request, query as { id?: string[]; state?: string[] }, page),
})

export const routes: Route[] = [
  ...productRoutes,
  ...imports.routes,
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/imports/:id/errors',
    summary: 'What was wrong with the file of an import, or with what it brought, by line and column',
    access: 'imports:read',
    fields: errorFields,
    page: { limit: 100, orderable: ['line'] },
    ids: { id: 'import' },
    async handle(request) {
      const { context, page } = request
      const wanted = request.params.id as string
      const [found] = await load(request, { id: [wanted] }, singlePage)
      if (found === undefined) throw notFound(`Import with id: ${wanted} was not found`)
      const { rows, count } = await readPage(context, page, (part) => importErrorsStatement(tenantOf(context), wanted, part))
      return listed('import_errors', rows, request, count)
    },
  }),
]
