import { filesOf, handInPictures } from '../files/index.js'
import { type Route, route } from '../http/index.js'
import { limits } from '../kernel/index.js'

/** Handing in pictures, alike for a store's staff and for its vendors. */
export function uploadRoute(surface: 'admin' | 'vendor'): Route {
  return route({
    surface,
    method: 'POST',
    path: `/${surface}/uploads`,
    summary: 'Hand in pictures, as the files of a form or one as the body; products name them by their addresses',
    access: 'products:write',
    limit: 'upload',
    raw: {
      types: ['multipart/form-data', 'image/png', 'image/jpeg', 'image/webp', 'image/avif'],
      limit_bytes: limits.upload_bytes,
    },
    async handle({ services, context, tenant, raw }) {
      const files = await handInPictures(context, services.filesDirectory, tenant.publicId, await filesOf(raw))
      return { files: files.map((file) => ({ id: file.id, url: `${services.publicUrl}${file.path}` })) }
    },
  })
}
