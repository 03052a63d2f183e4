import type { Vendor } from '../answers.js'
import type { Visit } from '../visit.js'
import { Picture } from './picture.js'
import { Stars } from './stars.js'

export function VendorCards({ visit, vendors, level: Heading = 'h3' }: { visit: Visit; vendors: readonly Vendor[]; level?: 'h2' | 'h3' }) {
  return (
    <ul class="vendors">
      {vendors.map((vendor) => (
        <li key={vendor.id} class="vendor-card">
          <Picture visit={visit} url={vendor.logo} alt="" size={160} />
          <div>
            <Heading>
              <a href={visit.to(`/vendors/${vendor.handle}`)}>{vendor.name}</a>
            </Heading>
            {vendor.rating !== undefined && vendor.rating.count > 0 && <Stars visit={visit} rating={vendor.rating} />}
            <p class="clip" dir="auto">
              {vendor.description}
            </p>
            <p class="note">{visit.words.products(vendor.product_count ?? 0)}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}
