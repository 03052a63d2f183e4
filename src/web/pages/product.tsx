import { notFound } from '../../kernel/index.js'
import type { Product, ProductList, Review, Variant } from '../answers.js'
import type { Page, Shown } from '../page.js'
import { Picture } from '../parts/picture.js'
import { Former, isInStock, shownPrice, TaxNote } from '../parts/price.js'
import { cardFields, ProductCards } from '../parts/product-card.js'
import { Reviews } from '../parts/reviews.js'
import { Stars } from '../parts/stars.js'
import { type Step, Trail, trailData } from '../parts/trail.js'
import { marketName } from '../shops.js'
import { pricingOf, type Visit } from '../visit.js'

const fields =
  'id,title,subtitle,description,handle,thumbnail,material,origin_country,weight,is_giftcard,created_at,updated_at,collection_id,' +
  '*options,*options.values,*variants,*variants.options,variants.inventory_quantity,variants.calculated_price,*images,*categories,*collection,' +
  'vendor.id,vendor.name,vendor.handle,rating.average,rating.count'
const optionPrefix = 'option.'
const quantityMaximum = 10
const fewLeft = 5

/** Which value of each option is looked at: as the address says, else as the first variant that can be had. */
function chosenVariant(product: Product, query: URLSearchParams): Variant | undefined {
  const named = product.options.flatMap((option) => {
    const value = query.get(`${optionPrefix}${option.title}`)
    return value === null ? [] : [{ optionId: option.id, value }]
  })
  const suits = (variant: Variant) =>
    named.every(({ optionId, value }) => variant.options.some((option) => option.option_id === optionId && option.value === value))
  const candidates = product.variants.filter(suits)
  return candidates.find((variant) => isInStock(variant)) ?? candidates[0] ?? (named.length === 0 ? product.variants[0] : undefined)
}

const optionValue = (variant: Variant | undefined, optionId: string) =>
  variant?.options.find((option) => option.option_id === optionId)?.value

/** The variant that one gets by another value of one option, the others kept where that is sold. */
function variantWith(product: Product, chosen: Variant | undefined, optionId: string, value: string): Variant | undefined {
  const having = product.variants.filter((variant) => optionValue(variant, optionId) === value)
  const others = product.options.filter((option) => option.id !== optionId)
  return having.find((variant) => others.every((option) => optionValue(variant, option.id) === optionValue(chosen, option.id))) ?? having[0]
}

function addressOfVariant(visit: Visit, product: Product, variant: Variant): string {
  const query = new URLSearchParams(
    product.options.flatMap((option) => {
      const value = optionValue(variant, option.id)
      return value === undefined ? [] : [[`${optionPrefix}${option.title}`, value] as [string, string]]
    }),
  )
  return `${visit.to(`/products/${product.handle}`)}?${query}`
}

function Options({ visit, product, chosen }: { visit: Visit; product: Product; chosen: Variant | undefined }) {
  if (product.variants.length < 2) return null
  return (
    <>
      {product.options.map((option) => (
        <fieldset key={option.id} class="option">
          <legend class="option-name">
            {option.title}
            {chosen !== undefined && <span>: {optionValue(chosen, option.id)}</span>}
          </legend>
          <ul class="chips">
            {option.values.map(({ id, value }) => {
              const variant = variantWith(product, chosen, option.id, value)
              if (variant === undefined) return null
              const here = optionValue(chosen, option.id) === value
              const inStock = isInStock(variant)
              return (
                <li key={id}>
                  <a
                    href={addressOfVariant(visit, product, variant)}
                    class={inStock ? '' : 'gone'}
                    data-swap="#product"
                    rel="nofollow"
                    {...(here ? { 'aria-current': 'true' } : {})}
                  >
                    {value}
                    {!inStock && <span class="unseen"> ({visit.words.soldOut})</span>}
                  </a>
                </li>
              )
            })}
          </ul>
        </fieldset>
      ))}
    </>
  )
}

function Buy({ visit, product, chosen }: { visit: Visit; product: Product; chosen: Variant | undefined }) {
  const { words } = visit
  const price = chosen?.calculated_price == null ? null : shownPrice(visit, chosen.calculated_price)
  const inStock = chosen !== undefined && isInStock(chosen)
  const left = chosen?.manage_inventory === true && !chosen.allow_backorder ? (chosen.inventory_quantity ?? 0) : null
  return (
    <div class="buy">
      {price === null ? (
        <p class="price big">{words.noPrice}</p>
      ) : (
        <>
          <p class="price big">
            <span>{visit.money(price.amount, price.currency)}</span> <Former visit={visit} price={price} />
          </p>
          <TaxNote visit={visit} withTax={price.withTax} />
        </>
      )}
      <Options visit={visit} product={product} chosen={chosen} />
      <p class={`stock ${inStock ? '' : 'gone'}`}>
        {!inStock ? words.soldOutNow : left !== null && left <= fewLeft ? words.fewLeft(left) : words.inStock}
      </p>
      {inStock && price !== null && chosen !== undefined && (
        <form action={visit.to('/cart/items')} method="post" class="add">
          <input type="hidden" name="variant_id" value={chosen.id} />
          <label for="quantity">{words.quantity}</label>
          <select id="quantity" name="quantity">
            {Array.from({ length: Math.min(left ?? quantityMaximum, quantityMaximum) }, (_, index) => (
              <option key={index + 1} value={index + 1}>
                {index + 1}
              </option>
            ))}
          </select>
          <button type="submit">{words.addToCart}</button>
        </form>
      )}
      {chosen !== undefined && (
        <form action={visit.to('/account/wish-list')} method="post">
          <input type="hidden" name="variant_id" value={chosen.id} />
          <button type="submit" class="link">
            {words.keepForLater}
          </button>
        </form>
      )}
    </div>
  )
}

function Facts({ visit, product, chosen }: { visit: Visit; product: Product; chosen: Variant | undefined }) {
  const { words } = visit
  const countries = new Intl.DisplayNames([visit.locale], { type: 'region' })
  const facts: [string, string | null | undefined][] = [
    [words.material, product.material],
    [words.madeIn, product.origin_country === null ? null : countries.of(product.origin_country.toUpperCase())],
    [
      words.weight,
      product.weight === null ? null : new Intl.NumberFormat(visit.locale, { style: 'unit', unit: 'gram' }).format(product.weight),
    ],
    [words.articleNumber, chosen?.sku],
  ]
  return (
    <dl class="facts">
      {facts.flatMap(([name, value]) =>
        value == null
          ? []
          : [
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>,
            ],
      )}
    </dl>
  )
}

function Gallery({ visit, product }: { visit: Visit; product: Product }) {
  const urls = [...new Set([product.thumbnail, ...product.images.map((image) => image.url)])].filter((url) => url !== null)
  return (
    <div class="gallery">
      {urls.length === 0 && <Picture visit={visit} url={null} alt="" size={800} />}
      {urls.map((url, index) => (
        <Picture
          key={url}
          visit={visit}
          url={url}
          alt={index === 0 ? product.title : visit.words.pictureOf(product.title, index + 1)}
          size={800}
          sizes="(max-width: 52rem) 94vw, 45rem"
          eager={index === 0}
        />
      ))}
    </div>
  )
}

/** What search engines are told: each variant is an offer of its vendor. */
function productData(visit: Visit, product: Product): object {
  const address = `${visit.origin}${visit.to(`/products/${product.handle}`)}`
  const offers = product.variants.flatMap((variant) => {
    if (variant.calculated_price == null) return []
    const price = shownPrice(visit, variant.calculated_price)
    return [
      {
        '@type': 'Offer',
        url: product.variants.length < 2 ? address : `${visit.origin}${addressOfVariant(visit, product, variant)}`,
        ...(variant.sku === null ? {} : { sku: variant.sku }),
        price: String(price.amount),
        priceCurrency: price.currency.toUpperCase(),
        availability: `https://schema.org/${isInStock(variant) ? 'InStock' : 'OutOfStock'}`,
        itemCondition: 'https://schema.org/NewCondition',
        seller: { '@type': 'Organization', name: product.vendor.name },
      },
    ]
  })
  const { rating } = product
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: product.title,
    ...(product.description === null ? {} : { description: product.description }),
    ...(product.thumbnail === null ? {} : { image: `${visit.origin}${visit.picture(product.thumbnail)}` }),
    brand: { '@type': 'Brand', name: product.vendor.name },
    url: address,
    offers,
    ...(rating === undefined || rating.count === 0
      ? {}
      : { aggregateRating: { '@type': 'AggregateRating', ratingValue: rating.average, reviewCount: rating.count } }),
  }
}

/** The deepest category that a product is in, with those above it. */
function stepsOf(product: Product): Step[] {
  const categories = product.categories ?? []
  const steps: Step[] = []
  const parents = new Set(categories.map((category) => category.parent_category_id))
  let category = categories.find((candidate) => !parents.has(candidate.id))
  while (category !== undefined && steps.length < 10) {
    const { name, handle, parent_category_id: above } = category
    steps.unshift({ label: name, path: `/categories/${handle}` })
    category = categories.find((candidate) => candidate.id === above)
  }
  return steps
}

async function show(visit: Visit): Promise<Shown> {
  const { api, params, words } = visit
  const query = { handle: params.handle, fields, limit: 1, ...pricingOf(visit) }
  const [product] = (await api.get<ProductList>('/store/products', { query })).products
  if (product === undefined) throw notFound('There is no such product')
  const chosen = chosenVariant(product, visit.query)
  const [reviews, others] = await Promise.all([
    api.get<{ reviews: Review[]; count: number }>('/store/products/:id/reviews', { params: { id: product.id }, query: { limit: 10 } }),
    api.get<ProductList>('/store/products', { query: { vendor_id: product.vendor.id, limit: 5, fields: cardFields, ...pricingOf(visit) } }),
  ])
  const steps = stepsOf(product)
  const path = `/products/${product.handle}`
  const more = others.products.filter((other) => other.id !== product.id).slice(0, 4)
  return {
    title: product.title,
    description: [product.subtitle, product.description].filter((text) => text !== null).join('. '),
    canonical: path,
    picture: product.thumbnail ?? undefined,
    data: [productData(visit, product), trailData(visit, [...steps, { label: product.title, path }])],
    body: (
      <>
        <Trail visit={visit} steps={steps} here={product.title} />
        <div class="product" id="product">
          <Gallery visit={visit} product={product} />
          <div class="product-words">
            <p class="product-vendor">
              <a href={visit.to(`/vendors/${product.vendor.handle}`)}>{product.vendor.name}</a>
            </p>
            <h1>{product.title}</h1>
            {product.subtitle !== null && <p class="lead">{product.subtitle}</p>}
            {product.rating !== undefined && product.rating.count > 0 && (
              <a href="#reviews">
                <Stars visit={visit} rating={product.rating} />
              </a>
            )}
            <Buy visit={visit} product={product} chosen={chosen} />
            {product.description !== null && (
              <p class="description" dir="auto">
                {product.description}
              </p>
            )}
            <p class="delivery">{words.deliveredBy(product.vendor.name, marketName(visit.market, visit.locale))}</p>
            <Facts visit={visit} product={product} chosen={chosen} />
          </div>
        </div>
        <Reviews visit={visit} reviews={reviews.reviews} count={reviews.count} heading={words.reviews} />
        {more.length > 0 && (
          <section class="block">
            <div class="block-head">
              <h2>{words.moreBy(product.vendor.name)}</h2>
              <a class="more" href={visit.to(`/vendors/${product.vendor.handle}`)}>
                {words.seeAll}
              </a>
            </div>
            <ProductCards visit={visit} products={more} />
          </section>
        )}
      </>
    ),
  }
}

export const pages: Page[] = [{ method: 'GET', path: '/products/:handle', shared: true, ids: { handle: 'product' }, show }]
