import { filesOf, storePictures } from '../../files/index.js'
import { type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/uploads',
    summary: 'Hand in pictures, as the files of a form or one as the body; products name them by their addresses',
    access: 'products:write',
    raw: {
      types: ['multipart/form-data', 'image/png', 'image/jpeg', 'image/webp', 'image/avif'],
      limit_bytes: limits.upload_bytes,
    },
    async handle({ services, tenant, raw }) {
      const files = await storePictures(services.filesDirectory, tenant.publicId, await filesOf(raw))
      return { files: files.map((file) => ({ id: file.id, url: `${services.publicUrl}${file.path}` })) }
    },
  }),
]
