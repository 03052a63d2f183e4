import { findPicture, removePicture } from '../../files/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { uploadRoute } from '../uploads.js'
import { deleted, needWholeStore } from './shared.js'

const fields: FieldsPolicy = { defaults: ['id', 'url'] }
const unknown = (id: string) => notFound(`File with id: ${id} not found`)

export const routes: Route[] = [
  uploadRoute('admin'),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/uploads/:id',
    summary: 'Where a picture is that was handed in',
    access: 'products:read',
    fields,
    ids: { id: 'upload' },
    // Where it is, everybody may know: pages show it. Its id cannot be guessed.
    async handle({ services, tenant, params, fields: tree }) {
      const id = params.id as string
      const file = await findPicture(services.filesDirectory, tenant.publicId, id)
      if (file === null) throw unknown(id)
      return { file: tree.project({ id, url: `${services.publicUrl}${file.path}` }) }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/uploads/:id',
    summary: 'Remove a picture that was handed in; products that name it show none',
    access: 'products:write',
    ids: { id: 'upload' },
    async handle(request) {
      // A picture does not say whose products it is for.
      needWholeStore(request, 'products:write')
      const id = request.params.id as string
      if (!(await removePicture(request.services.filesDirectory, request.tenant.publicId, id))) throw unknown(id)
      return deleted('file', id)
    },
  }),
]
