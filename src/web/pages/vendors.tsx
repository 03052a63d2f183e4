import type { Review, Vendor } from '../answers.js'
import type { Page, Shown } from '../page.js'
import { Listing, readList } from '../parts/listing.js'
import { Picture } from '../parts/picture.js'
import { Reviews } from '../parts/reviews.js'
import { Stars } from '../parts/stars.js'
import { Trail, trailData } from '../parts/trail.js'
import { VendorCards } from '../parts/vendor-card.js'
import type { Visit } from '../visit.js'

const fields = 'id,handle,name,description,logo,product_count,rating.average,rating.count'

async function showVendors(visit: Visit): Promise<Shown> {
  const { words } = visit
  const { vendors } = await visit.api.get<{ vendors: Vendor[] }>('/store/vendors', { query: { limit: 100, fields } })
  return {
    title: words.vendors,
    canonical: '/vendors',
    body: (
      <>
        <Trail visit={visit} steps={[]} here={words.vendors} />
        <header class="list-head">
          <h1>{words.vendors}</h1>
          <p>{words.vendorsLead(visit.shop.name)}</p>
        </header>
        <VendorCards visit={visit} vendors={vendors} level="h2" />
      </>
    ),
  }
}

async function showVendor(visit: Visit): Promise<Shown> {
  const { api, params, words } = visit
  const { vendor } = await api.get<{ vendor: Vendor }>('/store/vendors/:handle', {
    params: { handle: params.handle as string },
    query: { fields },
  })
  const path = `/vendors/${vendor.handle}`
  const [list, reviews] = await Promise.all([
    readList(visit, { vendor_id: vendor.id }, '-created_at'),
    api.get<{ reviews: Review[]; count: number }>('/store/vendors/:handle/reviews', { params: { handle: vendor.id }, query: { limit: 5 } }),
  ])
  const steps = [{ label: words.vendors, path: '/vendors' }]
  return {
    title: vendor.name,
    ...(vendor.description == null ? {} : { description: vendor.description }),
    canonical: path,
    picture: vendor.logo ?? undefined,
    data: [trailData(visit, [...steps, { label: vendor.name, path }])],
    body: (
      <>
        <Trail visit={visit} steps={steps} here={vendor.name} />
        <header class="vendor-head">
          <Picture visit={visit} url={vendor.logo} alt="" size={160} eager />
          <div>
            <h1>{vendor.name}</h1>
            {vendor.rating !== undefined && vendor.rating.count > 0 && <Stars visit={visit} rating={vendor.rating} />}
          </div>
          <p>{vendor.description}</p>
        </header>
        <Listing visit={visit} list={list} order="-created_at" />
        {reviews.count > 0 && (
          <Reviews visit={visit} reviews={reviews.reviews} count={reviews.count} heading={words.reviewsOf(vendor.name)} />
        )}
      </>
    ),
  }
}

export const pages: Page[] = [
  { method: 'GET', path: '/vendors', shared: true, show: showVendors },
  { method: 'GET', path: '/vendors/:handle', shared: true, ids: { handle: 'vendor' }, show: showVendor },
]
