import { notFound } from '../../kernel/index.js'
import type { Category, Collection, Facets, Product } from '../answers.js'
import type { Page, Shown } from '../page.js'
import { chosenOf, filterOf, Listing, pageSize, readList } from '../parts/listing.js'
import { cardFields } from '../parts/product-card.js'
import { type Step, Trail, trailData } from '../parts/trail.js'
import { pricingOf, type Visit } from '../visit.js'

/** A list's true address: that of its first page as it comes, and of each page after it. */
function canonicalOf(visit: Visit, path: string): { canonical?: string } {
  const { page, order, ...chosen } = chosenOf(visit.query)
  if (order !== null || Object.keys(filterOf({ page, order, ...chosen })).length > 0) return { canonical: path }
  return { canonical: page === 1 ? path : `${path}?page=${page}` }
}

async function showCategory(visit: Visit): Promise<Shown> {
  const { api, params } = visit
  const query = { handle: params.handle, fields: 'id,name,handle,description,*category_children,*parent_category' }
  const { product_categories } = await api.get<{ product_categories: Category[] }>('/store/product-categories', { query })
  const [category] = product_categories
  if (category === undefined) throw notFound('There is no such category')
  const path = `/categories/${category.handle}`
  const above: Step[] = []
  for (let parent = category.parent_category; parent != null; parent = parent.parent_category) {
    above.unshift({ label: parent.name, path: `/categories/${parent.handle}` })
  }
  const list = await readList(visit, { category_id: category.id }, '-created_at')
  return {
    title: category.name,
    description: category.description || undefined,
    ...canonicalOf(visit, path),
    data: [trailData(visit, [...above, { label: category.name, path }])],
    picture: list.products[0]?.thumbnail ?? undefined,
    body: (
      <>
        <Trail visit={visit} steps={above} here={category.name} />
        <header class="list-head">
          <h1>{category.name}</h1>
          {category.description !== '' && <p>{category.description}</p>}
          {category.category_children.length > 0 && (
            <ul class="chips">
              {category.category_children.map((child) => (
                <li key={child.id}>
                  <a href={visit.to(`/categories/${child.handle}`)}>{child.name}</a>
                </li>
              ))}
            </ul>
          )}
        </header>
        <Listing visit={visit} list={list} order="-created_at" />
      </>
    ),
  }
}

async function showCollection(visit: Visit): Promise<Shown> {
  const query = { handle: visit.params.handle }
  const { collections } = await visit.api.get<{ collections: Collection[] }>('/store/collections', { query })
  const [collection] = collections
  if (collection === undefined) throw notFound('There is no such collection')
  return showList(visit, { title: collection.title, path: `/collections/${collection.handle}`, place: { collection_id: collection.id } })
}

async function showList(visit: Visit, of: { title: string; path: string; place: Record<string, unknown> }): Promise<Shown> {
  const list = await readList(visit, of.place, '-created_at')
  return {
    title: of.title,
    ...canonicalOf(visit, of.path),
    data: [trailData(visit, [{ label: of.title, path: of.path }])],
    picture: list.products[0]?.thumbnail ?? undefined,
    body: (
      <>
        <Trail visit={visit} steps={[]} here={of.title} />
        <header class="list-head">
          <h1>{of.title}</h1>
        </header>
        <Listing visit={visit} list={list} order="-created_at" />
      </>
    ),
  }
}

interface SearchAnswer {
  results: { hits: Product[]; count: number; facets: Facets }[]
}

/** Searches for words, narrowed and ordered as a list is. */
export async function searched(visit: Visit, words: string, take: number, skip: number) {
  const chosen = chosenOf(visit.query)
  const { price, available, ...filters } = filterOf(chosen)
  const order = chosen.order ?? undefined
  const body = {
    entity: 'product',
    query: words,
    fields: cardFields,
    filters: { ...filters, ...(available === undefined ? {} : { available: true }), ...(price === undefined ? {} : { price }) },
    pagination: {
      take,
      skip,
      ...(order === undefined ? {} : { order: { [order.replace(/^-/, '')]: order.startsWith('-') ? 'DESC' : 'ASC' } }),
    },
    search_options: { facets: ['vendor', 'options', 'price', 'availability'] },
    ...pricingOf(visit),
  }
  const { results } = await visit.api.post<SearchAnswer>('/store/search', { body })
  return results[0] as SearchAnswer['results'][number]
}

const wordsMaximum = 100

async function showSearch(visit: Visit): Promise<Shown> {
  const { words } = visit
  const asked = (visit.query.get('q') ?? '').trim().slice(0, wordsMaximum)
  const { page } = chosenOf(visit.query)
  const found = asked === '' ? null : await searched(visit, asked, pageSize, (page - 1) * pageSize)
  const title = asked === '' ? words.search : words.searchedFor(asked)
  return {
    title,
    body: (
      <>
        <Trail visit={visit} steps={[]} here={words.search} />
        <header class="list-head">
          <h1>{title}</h1>
          {found === null && <p>{words.searchEmpty}</p>}
          {found?.count === 0 && <p>{words.searchNothing}</p>}
        </header>
        {found !== null && (
          <Listing
            visit={visit}
            list={{ products: found.hits, count: found.count, facets: found.facets }}
            order="-created_at"
            kept={{ q: asked }}
            searched
          />
        )}
      </>
    ),
  }
}

const suggestions = 6

/** A few products for the words that are being typed: titles and addresses, for the script. */
async function suggest(visit: Visit): Promise<Shown> {
  const asked = (visit.query.get('q') ?? '').trim().slice(0, wordsMaximum)
  const body = { entity: 'product', query: asked, fields: 'id,title,handle,vendor.name', pagination: { take: suggestions } }
  const { results } = asked.length < 2 ? { results: [] } : await visit.api.post<SearchAnswer>('/store/search', { body })
  const found = results[0]?.hits.map(({ title, handle, vendor }) => ({ title, vendor: vendor.name, to: visit.to(`/products/${handle}`) }))
  return { type: 'application/json', text: JSON.stringify(found ?? []) }
}

export const pages: Page[] = [
  { method: 'GET', path: '/categories/:handle', shared: true, ids: { handle: 'category' }, show: showCategory },
  { method: 'GET', path: '/collections/:handle', shared: true, ids: { handle: 'collection' }, show: showCollection },
  {
    method: 'GET',
    path: '/products',
    shared: true,
    show: (visit) => showList(visit, { title: visit.words.allProducts, path: '/products', place: {} }),
  },
  { method: 'GET', path: '/search', shared: true, show: showSearch },
  { method: 'GET', path: '/suggest', shared: true, show: suggest },
]
