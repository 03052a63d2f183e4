import { MIMEType } from 'node:util'
import { z } from 'zod'
import { findPicture, removePicture } from '../../files/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { dropImportFile, hasImportFile, keepImportFile } from '../../imports/index.js'
import { invalidData, isId, limits, newId, notFound } from '../../kernel/index.js'
import { type OtherFiles, uploadRoute } from '../uploads.js'
import { type AnyRequest, deleted, name, needWholeStore } from './shared.js'

const fields: FieldsPolicy = { defaults: ['id', 'url'] }
const unknown = (id: string) => notFound(`File with id: ${id} not found`)

/** As browsers name it; Windows knows it as a file of its spreadsheet. */
const csvTypes = ['text/csv', 'application/csv', 'application/vnd.ms-excel']

/** A file for an import is in no folder that anybody is served from: its address is for staff. */
const addressOf = (request: Pick<AnyRequest, 'services'>, id: string) => `${request.services.publicUrl}/admin/uploads/${id}`

const importFiles: OtherFiles = {
  isOne: (file) => csvTypes.includes(file.type) || /\.csv$/i.test(file.name),
  async keep(request, file) {
    needWholeStore(request, 'imports:write')
    const id = await keepImportFile(request.context, file)
    return { id, url: addressOf(request, id) }
  },
}

function mimeTypeOf(text: string): MIMEType {
  try {
    return new MIMEType(text)
  } catch {
    throw invalidData(`Invalid file type "${text}"`)
  }
}

export const routes: Route[] = [
  uploadRoute('admin', importFiles),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/uploads/presigned-urls',
    summary: 'Where a file is to be handed in: at /admin/uploads, as with Medusa where it keeps files itself',
    access: 'products:write',
    body: z.strictObject({
      originalname: name,
      mime_type: z.string().max(limits.name_characters),
      size: z.number().min(0),
      access: z.enum(['public', 'private']).optional(),
    }),
    async handle({ body }) {
      const type = mimeTypeOf(body.mime_type)
      return {
        url: '/admin/uploads',
        filename: `${newId('impfile')}.${type.subtype}`,
        mime_type: type.toString(),
        size: body.size,
        extension: type.subtype,
        originalname: body.originalname,
      }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/uploads/:id',
    summary: 'Where a picture is that was handed in, or whether a file for an import is kept still',
    access: 'products:read',
    fields,
    ids: { id: 'upload' },
    // Where it is, everybody may know: pages show it. Its id cannot be guessed.
    async handle(request) {
      const { services, context, tenant, params, fields: tree } = request
      const id = params.id as string
      if (isId(id, 'impfile')) {
        if (!(await hasImportFile(context, id))) throw unknown(id)
        return { file: tree.project({ id, url: addressOf(request, id) }) }
      }
      const file = await findPicture(services.filesDirectory, tenant.publicId, id)
      if (file === null) throw unknown(id)
      return { file: tree.project({ id, url: `${services.publicUrl}${file.path}` }) }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/uploads/:id',
    summary: 'Remove a picture that was handed in, or a file for an import; products that name a picture show none',
    access: 'products:write',
    ids: { id: 'upload' },
    async handle(request) {
      // A picture does not say whose products it is for.
      needWholeStore(request, 'products:write')
      const id = request.params.id as string
      if (isId(id, 'impfile')) {
        needWholeStore(request, 'imports:write')
        if (!(await dropImportFile(request.context, id))) throw unknown(id)
        return deleted('file', id)
      }
      if (!(await removePicture(request.services.filesDirectory, request.tenant.publicId, id))) throw unknown(id)
      return deleted('file', id)
    },
  }),
]
