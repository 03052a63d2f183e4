import { notFound } from '../../kernel/index.js'
import type { Product, ProductList } from '../answers.js'
import { type Document, type Page, type Shown, seeOther } from '../page.js'
import { Field, noProblems, ProblemList, type Problems, TextArea } from '../parts/fields.js'
import { refusalIn } from '../refusals.js'
import type { Visit } from '../visit.js'

const stars = [5, 4, 3, 2, 1] as const

async function readProduct({ api, params }: Visit): Promise<Product> {
  const query = { handle: params.handle, fields: 'id,title,handle', limit: 1 }
  const [product] = (await api.get<ProductList>('/store/products', { query })).products
  if (product === undefined) throw notFound('There is no such product')
  return product
}

function reviewDocument(visit: Visit, product: Product, problems: Problems = noProblems, status = 200): Document {
  const { words, form } = visit
  const title = words.reviewOf(product.title)
  return {
    title,
    status,
    kind: 'narrow',
    body: (
      <>
        <h1>{title}</h1>
        {visit.query.get('kept') === 'true' && (
          <p class="said" role="status">
            {words.reviewKept}
          </p>
        )}
        <form class="plain-form" action={visit.to(`/products/${product.handle}/review`)} method="post" novalidate>
          <ProblemList visit={visit} problems={problems} />
          <fieldset
            class="choices"
            id="field-rating"
            {...(problems.rating === undefined ? {} : { 'aria-describedby': 'field-rating-problem' })}
          >
            <legend>{words.stars}</legend>
            {stars.map((number) => (
              <label key={number} class="choice">
                <input type="radio" name="rating" value={number} checked={form.get('rating') === String(number)} />
                <span>
                  <span aria-hidden="true" class="star-row">
                    {'★'.repeat(number)}
                  </span>
                  <span class="unseen">{words.starsOf(String(number))}</span>
                </span>
              </label>
            ))}
            {problems.rating !== undefined && (
              <p class="problem" id="field-rating-problem">
                {problems.rating}
              </p>
            )}
          </fieldset>
          <Field visit={visit} name="title" label={words.heading} value={form.get('title')} problems={problems} />
          <TextArea
            visit={visit}
            name="content"
            label={words.yourReview}
            value={form.get('content')}
            problems={problems}
            rows={6}
            maxLength={5_000}
          />
          <button type="submit">{words.sendReview}</button>
        </form>
      </>
    ),
  }
}

async function take(visit: Visit): Promise<Shown> {
  const { form, words, api } = visit
  const product = await readProduct(visit)
  const rating = Number(form.get('rating'))
  if (!stars.some((number) => number === rating)) return reviewDocument(visit, product, { rating: words.starsMissing }, 400)
  const body = {
    rating,
    title: (form.get('title') ?? '').trim().slice(0, 200),
    content: (form.get('content') ?? '').trim().slice(0, 5_000),
  }
  try {
    await api.post('/store/products/:id/reviews', { params: { id: product.id }, body })
  } catch (error) {
    const { type, status } = refusalIn(error)
    // Sent twice, it is kept once.
    if (type !== 'duplicate_error') return reviewDocument(visit, product, { '': words.cannotReview }, status)
  }
  return seeOther(`${visit.to(`/products/${product.handle}/review`)}?kept=true`)
}

const path = '/products/:handle/review'

export const pages: Page[] = [
  {
    method: 'GET',
    path,
    customer: true,
    ids: { handle: 'product' },
    show: async (visit) => reviewDocument(visit, await readProduct(visit)),
  },
  { method: 'POST', path, customer: true, ids: { handle: 'product' }, show: take },
]
