import path from 'node:path'
import { sizedOf } from '../../files/index.js'
import type { Visit } from '../visit.js'

interface PictureOf {
  visit: Visit
  url: string | null | undefined
  /** '' for a picture that says no more than the words beside it. */
  alt: string
  /** How wide it is shown at most, in pixels. */
  size: number
  /** How wide it is shown on which screens, as the attribute says it; `size` on all unless given. */
  sizes?: string
  eager?: boolean
}

/**
 * A picture with its shape known before it is there, so that nothing moves when it comes, and in the width that the screen
 * needs where there are several. What is of no known shape is square, as drawn pictures are.
 */
export function Picture({ visit, url, alt, size, sizes = `${size}px`, eager = false }: PictureOf) {
  if (url == null) return <div class="no-picture" role="presentation" />
  const address = visit.picture(url)
  const sized = address.startsWith('/files/') ? sizedOf(path.posix.basename(address)) : null
  const renditions = (sized?.renditions ?? []).map(({ name, width }) => ({ width, url: `${path.posix.dirname(address)}/${name}` }))
  const several = renditions.length === 0 ? {} : { srcset: renditions.map((one) => `${one.url} ${one.width}w`).join(', '), sizes }
  return (
    <img
      src={(renditions.find(({ width }) => width >= size) ?? renditions.at(-1))?.url ?? address}
      {...several}
      alt={alt}
      width={size}
      height={sized === null ? size : Math.max(1, Math.round((size * sized.height) / sized.width))}
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
      {...(eager ? { fetchpriority: 'high' } : {})}
    />
  )
}

/** A picture of the store's own folder. */
export function themePicture({ shop }: Visit, name: string): string {
  return `/files/${shop.tenant.publicId}/${name}`
}
