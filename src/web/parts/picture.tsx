import type { Visit } from '../visit.js'

interface PictureOf {
  visit: Visit
  url: string | null | undefined
  /** '' for a picture that says no more than the words beside it. */
  alt: string
  size: number
  eager?: boolean
}

/** A square picture with its size known before it is there, so that nothing moves when it comes. */
export function Picture({ visit, url, alt, size, eager = false }: PictureOf) {
  if (url == null) return <div class="no-picture" role="presentation" />
  return (
    <img
      src={visit.picture(url)}
      alt={alt}
      width={size}
      height={size}
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
