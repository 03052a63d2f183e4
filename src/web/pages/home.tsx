import type { HomeBlock } from '../../themes/index.js'
import type { Category, Collection, Product, ProductList, Vendor } from '../answers.js'
import type { Page, Shown } from '../page.js'
import { Picture, themePicture } from '../parts/picture.js'
import { cardFields, ProductCards } from '../parts/product-card.js'
import { VendorCards } from '../parts/vendor-card.js'
import { pricingOf, type Visit } from '../visit.js'

/** Fewer do not make a row. */
const productsWanted = 3

type BlockOf<Kind extends HomeBlock['kind']> = Extract<HomeBlock, { kind: Kind }>

/** What the blocks of a home page show, read at once. */
interface Found {
  vendors: readonly Vendor[]
  categories: readonly Category[]
  collections: readonly Collection[]
  products: ReadonlyMap<HomeBlock, readonly Product[]>
}

async function productsOf(visit: Visit, block: BlockOf<'products'>, collections: readonly Collection[]): Promise<readonly Product[]> {
  const query: Record<string, unknown> = { limit: block.count, fields: cardFields, ...pricingOf(visit) }
  if (block.show === 'newest') query.order = '-created_at'
  if (block.show === 'best_selling') return (await visit.api.get<ProductList>('/store/best-sellers', { query })).products
  if (block.show === 'collection') query.collection_id = collections.find(({ handle }) => handle === block.collection)?.id ?? 'none'
  return (await visit.api.get<ProductList>('/store/products', { query })).products
}

async function find(visit: Visit): Promise<Found> {
  const { api, shop } = visit
  const has = (kind: HomeBlock['kind']) => shop.theme.home.some((block) => block.kind === kind)
  const [{ collections }, vendors, categories] = await Promise.all([
    api.get<{ collections: Collection[] }>('/store/collections', { query: { limit: 100 } }),
    has('vendors')
      ? api.get<{ vendors: Vendor[] }>('/store/vendors', {
          query: { limit: 12, fields: 'id,handle,name,description,logo,product_count,rating.average,rating.count' },
        })
      : { vendors: [] },
    has('categories') ? topCategories(visit) : [],
  ])
  const blocks = shop.theme.home.filter((block) => block.kind === 'products')
  const lists = await Promise.all(blocks.map((block) => productsOf(visit, block, collections)))
  return { vendors: vendors.vendors, categories, collections, products: new Map(blocks.map((block, index) => [block, lists[index] ?? []])) }
}

/** Categories with no other above them, each with those below it. */
export async function topCategories({ api }: Pick<Visit, 'api'>): Promise<Category[]> {
  const query = { parent_category_id: 'null', order: 'rank', limit: 50, fields: 'id,name,handle,description,*category_children' }
  return (await api.get<{ product_categories: Category[] }>('/store/product-categories', { query })).product_categories
}

function Block({ visit, block, found, first }: { visit: Visit; block: HomeBlock; found: Found; first: boolean }) {
  switch (block.kind) {
    case 'hero':
      return <Hero visit={visit} block={block} first={first} />
    case 'words':
      return <WordsBlock visit={visit} block={block} />
    case 'vendors':
      return (
        <Section visit={visit} block={block} more={{ label: visit.words.allVendors, to: '/vendors' }}>
          <VendorCards visit={visit} vendors={found.vendors} />
        </Section>
      )
    case 'categories':
      return (
        <Section visit={visit} block={block}>
          <ul class="tiles">
            {found.categories.map((category) => (
              <li key={category.id} class="tile">
                <h3>
                  <a href={visit.to(`/categories/${category.handle}`)}>{category.name}</a>
                </h3>
                <p>{category.description}</p>
              </li>
            ))}
          </ul>
        </Section>
      )
    case 'collections':
      return <CollectionsBlock visit={visit} block={block} collections={found.collections} />
    case 'products': {
      const products = found.products.get(block) ?? []
      if (products.length < productsWanted) return null
      const to = block.show === 'collection' ? `/collections/${block.collection}` : '/products'
      return (
        <Section visit={visit} block={block} more={{ label: visit.words.seeAll, to }}>
          <ProductCards visit={visit} products={products} />
        </Section>
      )
    }
  }
}

interface SectionOf {
  visit: Visit
  block: Exclude<HomeBlock, { kind: 'hero' | 'words' }>
  more?: { label: string; to: string }
  children: preact.ComponentChildren
}

function Section({ visit, block, more, children }: SectionOf) {
  const title = visit.say(block.title)
  return (
    <section class={`block block-${block.kind}`}>
      <div class="block-head">
        <h2>{title}</h2>
        {block.text !== undefined && <p>{visit.say(block.text)}</p>}
        {more !== undefined && (
          <a class="more" href={visit.to(more.to)}>
            {more.label}
            <span class="unseen">: {title}</span>
          </a>
        )}
      </div>
      {children}
    </section>
  )
}

function Hero({ visit, block, first }: { visit: Visit; block: BlockOf<'hero'>; first: boolean }) {
  const Title = first ? 'h1' : 'h2'
  return (
    <section class={`hero hero-of-${block.pictures.length}`}>
      <div class="hero-words">
        <Title>{visit.say(block.title)}</Title>
        {block.text !== undefined && <p>{visit.say(block.text)}</p>}
        {block.links.length > 0 && (
          <p class="hero-links">
            {block.links.map((link, index) => (
              <a key={link.to} class={index === 0 ? 'button' : 'button quiet'} href={visit.to(link.to)}>
                {visit.say(link.label)}
              </a>
            ))}
          </p>
        )}
      </div>
      <div class="hero-pictures">
        {block.pictures.map((name) => (
          <Picture key={name} visit={visit} url={themePicture(visit, name)} alt="" size={800} eager={first} />
        ))}
      </div>
    </section>
  )
}

function WordsBlock({ visit, block }: { visit: Visit; block: BlockOf<'words'> }) {
  return (
    <section class="block words-block">
      {block.picture !== undefined && <Picture visit={visit} url={themePicture(visit, block.picture)} alt="" size={480} />}
      <div>
        {block.title !== undefined && <h2>{visit.say(block.title)}</h2>}
        {block.text.map((text) => (
          <p key={visit.say(text)}>{visit.say(text)}</p>
        ))}
      </div>
    </section>
  )
}

function CollectionsBlock({
  visit,
  block,
  collections,
}: {
  visit: Visit
  block: BlockOf<'collections'>
  collections: readonly Collection[]
}) {
  const entries = block.entries.flatMap((entry) => {
    const collection = collections.find(({ handle }) => handle === entry.handle)
    return collection === undefined ? [] : [{ ...entry, title: collection.title }]
  })
  return (
    <Section visit={visit} block={block}>
      <ul class="collections">
        {entries.map((entry) => (
          <li key={entry.handle}>
            <Picture visit={visit} url={themePicture(visit, entry.picture)} alt="" size={600} />
            <div>
              <h3>
                <a href={visit.to(`/collections/${entry.handle}`)}>{entry.title}</a>
              </h3>
              {entry.text !== undefined && <p>{visit.say(entry.text)}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

async function show(visit: Visit): Promise<Shown> {
  const { shop } = visit
  const found = await find(visit)
  const [first] = shop.theme.home
  const logo = shop.theme.logo === undefined ? {} : { logo: `${visit.origin}${themePicture(visit, shop.theme.logo)}` }
  return {
    title: shop.name,
    canonical: '/',
    ...(first?.kind === 'hero' ? { picture: themePicture(visit, first.pictures[0] as string) } : {}),
    data: [{ '@context': 'https://schema.org', '@type': 'Organization', name: shop.name, url: `${visit.origin}${visit.to('/')}`, ...logo }],
    body: (
      <>
        {first?.kind !== 'hero' && <h1>{visit.say(shop.theme.tagline)}</h1>}
        {shop.theme.home.map((block, index) => (
          <Block key={index} visit={visit} block={block} found={found} first={index === 0} />
        ))}
      </>
    ),
  }
}

export const pages: Page[] = [{ method: 'GET', path: '/', shared: true, show }]
