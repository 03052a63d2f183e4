import { filesOf, handInPictures } from '../files/index.js'
import { type RequestContext, type Route, route } from '../http/index.js'
import { limits } from '../kernel/index.js'

export interface HandedIn {
  id: string
  url: string
}

type Upload = Pick<RequestContext, 'services' | 'context' | 'tenant' | 'ability'>
type Given = Awaited<ReturnType<typeof filesOf>>[number]

/** What a surface takes beside pictures. */
export interface OtherFiles {
  isOne(file: Given): boolean
  keep(request: Upload, file: Given): Promise<HandedIn>
}

/** Handing in pictures, alike for a store's staff and for its vendors. */
export function uploadRoute(surface: 'admin' | 'vendor', others?: OtherFiles): Route {
  return route({
    surface,
    method: 'POST',
    path: `/${surface}/uploads`,
    summary:
      others === undefined
        ? 'Hand in pictures, as the files of a form or one as the body; products name them by their addresses'
        : 'Hand in pictures, as the files of a form or one as the body, or CSV files for imports as the files of a form',
    access: 'products:write',
    limit: 'upload',
    raw: {
      types: ['multipart/form-data', 'image/png', 'image/jpeg', 'image/webp', 'image/avif'],
      limit_bytes: limits.upload_bytes,
    },
    async handle(request) {
      const { services, context, tenant, raw } = request
      const given = await filesOf(raw)
      const kept = others === undefined ? [] : given.filter((file) => others.isOne(file))
      const pictures = given.filter((file) => !kept.includes(file))
      // Pictures are looked at before any is written: what is refused for one of them is refused for all.
      const files: HandedIn[] = []
      if (pictures.length > 0 || kept.length === 0) {
        const stored = await handInPictures(context, services.filesDirectory, tenant.publicId, pictures)
        files.push(...stored.map((file) => ({ id: file.id, url: `${services.publicUrl}${file.path}` })))
      }
      for (const file of kept) files.push(await (others as OtherFiles).keep(request, file))
      return { files }
    },
  })
}
