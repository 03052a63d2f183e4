import type { FacetValue, Facets, ProductList } from '../answers.js'
import { pricingOf, type Visit } from '../visit.js'
import { cardFields, ProductCards } from './product-card.js'

export const pageSize = 24
const lastPage = 400
const orders = ['-created_at', 'price', '-price', 'title'] as const
export type ListOrder = (typeof orders)[number]

/** What a shopper has chosen of a list, as the address says it. What it does not understand it leaves out. */
export interface Chosen {
  page: number
  order: ListOrder | null
  vendors: string[]
  options: { title: string; values: string[] }[]
  available: boolean
  least: number | null
  most: number | null
}

const optionPrefix = 'option.'

export function chosenOf(query: URLSearchParams): Chosen {
  const number = (name: string) => {
    const text = query.get(name)?.trim().replace(',', '.') ?? ''
    return /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : null
  }
  const titles = [...new Set([...query.keys()].filter((name) => name.startsWith(optionPrefix)))].slice(0, 10)
  return {
    page: Math.min(Math.max(1, Math.trunc(number('page') ?? 1)), lastPage),
    order: orders.find((order) => order === query.get('order')) ?? null,
    vendors: query.getAll('vendor').slice(0, 50),
    options: titles.map((title) => ({ title: title.slice(optionPrefix.length), values: query.getAll(title).slice(0, 50) })),
    available: query.get('available') === 'true',
    least: number('least'),
    most: number('most'),
  }
}

/** The filter of the choice, as the Store API wants it. */
export function filterOf(chosen: Chosen): Record<string, unknown> {
  const price = { ...(chosen.least === null ? {} : { $gte: chosen.least }), ...(chosen.most === null ? {} : { $lte: chosen.most }) }
  return {
    ...(chosen.vendors.length === 0 ? {} : { vendor_id: chosen.vendors }),
    ...(chosen.options.length === 0 ? {} : { options: Object.fromEntries(chosen.options.map(({ title, values }) => [title, values])) }),
    ...(chosen.available ? { available: 'true' } : {}),
    ...(Object.keys(price).length === 0 ? {} : { price }),
  }
}

/** A page of the list that a place in the store has, narrowed and ordered as chosen. */
export function readList(visit: Visit, place: Record<string, unknown>, order: ListOrder): Promise<ProductList> {
  const chosen = chosenOf(visit.query)
  return visit.api.get<ProductList>('/store/products', {
    query: {
      ...place,
      ...filterOf(chosen),
      ...pricingOf(visit),
      fields: cardFields,
      facets: 'vendor,options,price,availability',
      limit: pageSize,
      offset: (chosen.page - 1) * pageSize,
      order: chosen.order ?? order,
    },
  })
}

interface Listing {
  visit: Visit
  list: ProductList
  order: ListOrder
  /** What else the address says, and must go on saying. */
  kept?: Record<string, string>
  /** A search orders by what suits best. */
  searched?: boolean
}

/** Products with what they can be narrowed by: a form whose answer is an address, so that it can be kept and sent. */
export function Listing({ visit, list, order, kept = {}, searched = false }: Listing) {
  const { words } = visit
  const chosen = chosenOf(visit.query)
  const narrowed = Object.keys(filterOf(chosen)).length > 0
  return (
    <div class="listing" id="listing">
      <form class="narrow" action={visit.to(visit.path)} method="get" data-swap="#listing">
        {Object.entries(kept).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <p class="sort">
          <label for="order">{words.sortBy}</label>
          <select id="order" name="order">
            {searched && <option value="">{words.orders.best}</option>}
            {orders.map((candidate) => (
              <option key={candidate} value={candidate} selected={candidate === (chosen.order ?? (searched ? null : order))}>
                {words.orders[candidate]}
              </option>
            ))}
          </select>
        </p>
        <details class="facets" open={narrowed}>
          <summary>{words.narrow}</summary>
          <FacetFields visit={visit} facets={list.facets ?? {}} chosen={chosen} />
        </details>
        <p class="narrow-end">
          <button type="submit">{words.show}</button>
          {narrowed && (
            <a href={visit.to(visit.path) + (kept.q === undefined ? '' : `?q=${encodeURIComponent(kept.q)}`)} data-swap="#listing">
              {words.showAll}
            </a>
          )}
        </p>
      </form>
      <div class="found">
        <p class="found-count" role="status">
          {words.products(list.count)}
        </p>
        {list.products.length === 0 ? (
          <p class="nothing">{narrowed ? words.nothingNarrowed : words.nothingHere}</p>
        ) : (
          <ProductCards visit={visit} products={list.products} eager={4} level="h2" />
        )}
        <Pages visit={visit} count={list.count} page={chosen.page} />
      </div>
    </div>
  )
}

function FacetFields({ visit, facets, chosen }: { visit: Visit; facets: Facets; chosen: Chosen }) {
  const { words, market } = visit
  const price = facets.price
  return (
    <>
      <CheckList title={words.vendor} name="vendor" values={choiceOf(facets.vendor ?? [], chosen.vendors)} chosen={chosen.vendors} />
      {facets.options
        ?.filter(({ values }) => values.length > 1)
        .slice(0, 8)
        .map(({ title, label, values }) => (
          <CheckList
            key={title}
            title={label ?? title}
            name={`${optionPrefix}${title}`}
            values={values}
            chosen={chosen.options.find((option) => option.title === title)?.values ?? []}
          />
        ))}
      {price !== undefined && price.min !== null && price.max !== null && (
        <fieldset class="range">
          <legend>
            {words.price} ({market.currency_code.toUpperCase()})
          </legend>
          <label for="least">{words.least}</label>
          <input id="least" name="least" inputMode="decimal" maxLength={12} value={chosen.least ?? ''} placeholder={String(price.min)} />
          <label for="most">{words.most}</label>
          <input id="most" name="most" inputMode="decimal" maxLength={12} value={chosen.most ?? ''} placeholder={String(price.max)} />
        </fieldset>
      )}
      <fieldset>
        <legend>{words.availability}</legend>
        <label class="check">
          <input type="checkbox" name="available" value="true" checked={chosen.available} /> {words.onlyInStock}
        </label>
      </fieldset>
    </>
  )
}

/** One value is no choice, unless it was chosen and can be taken back. */
function choiceOf(values: readonly FacetValue[], chosen: readonly string[]): readonly FacetValue[] {
  return values.length > 1 || chosen.length > 0 ? values : []
}

const valuesShown = 20

function CheckList({
  title,
  name,
  values,
  chosen,
}: {
  title: string
  name: string
  values: readonly FacetValue[]
  chosen: readonly string[]
}) {
  if (values.length === 0) return null
  return (
    <fieldset>
      <legend>{title}</legend>
      {values.slice(0, valuesShown).map((value) => (
        <label key={String(value.value)} class="check">
          <input type="checkbox" name={name} value={String(value.value)} checked={chosen.includes(String(value.value))} />{' '}
          {value.label ?? String(value.value)} <span class="facet-count">({value.count})</span>
        </label>
      ))}
    </fieldset>
  )
}

function Pages({ visit, count, page }: { visit: Visit; count: number; page: number }) {
  const last = Math.ceil(count / pageSize)
  if (last <= 1) return null
  const to = (number: number) => {
    const query = new URLSearchParams(visit.query)
    query.set('page', String(number))
    return `${visit.to(visit.path)}?${query}`
  }
  return (
    <nav class="pages" aria-label={visit.words.pages}>
      {page > 1 && (
        <a href={to(page - 1)} rel="prev">
          {visit.words.previous}
        </a>
      )}
      <span>{visit.words.pageOf(page, last)}</span>
      {page < last && (
        <a href={to(page + 1)} rel="next">
          {visit.words.next}
        </a>
      )}
    </nav>
  )
}
