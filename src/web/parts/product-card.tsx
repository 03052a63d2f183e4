import type { Product } from '../answers.js'
import type { Visit } from '../visit.js'
import { Picture } from './picture.js'
import { isInStock, Price } from './price.js'
import { Stars } from './stars.js'

/** What a card needs to know of a product, as the Store API's `fields`. */
export const cardFields =
  'id,title,subtitle,handle,thumbnail,vendor.id,vendor.name,vendor.handle,variants.id,variants.manage_inventory,variants.allow_backorder,' +
  'variants.inventory_quantity,variants.calculated_price,rating.average,rating.count'

interface Cards {
  visit: Visit
  products: readonly Product[]
  /** Pictures that are seen at once are not waited with. */
  eager?: number
  level?: 'h2' | 'h3'
}

export function ProductCards({ visit, products, eager = 0, level = 'h3' }: Cards) {
  return (
    <ul class="cards">
      {products.map((product, index) => (
        <li key={product.id}>
          <ProductCard visit={visit} product={product} eager={index < eager} level={level} />
        </li>
      ))}
    </ul>
  )
}

function ProductCard({ visit, product, eager, level: Heading }: { visit: Visit; product: Product; eager: boolean; level: 'h2' | 'h3' }) {
  const { words } = visit
  const soldOut = product.variants.length > 0 && !product.variants.some((variant) => isInStock(variant))
  const reduced = product.variants.some(({ calculated_price: price }) => price != null && price.original_amount > price.calculated_amount)
  return (
    <article class="card">
      <div class="card-picture">
        <Picture visit={visit} url={product.thumbnail} alt="" size={400} sizes="(max-width: 44rem) 46vw, 20rem" eager={eager} />
        {soldOut ? <span class="badge">{words.soldOut}</span> : reduced ? <span class="badge sale">{words.reduced}</span> : null}
      </div>
      <Heading class="card-title">
        <a href={visit.to(`/products/${product.handle}`)}>{product.title}</a>
      </Heading>
      <p class="card-vendor">{words.by(product.vendor.name)}</p>
      {product.rating !== undefined && product.rating.count > 0 && <Stars visit={visit} rating={product.rating} />}
      <Price visit={visit} product={product} />
    </article>
  )
}
