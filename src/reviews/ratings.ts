import { type Context, type Statement, statement, tenantOf } from '../db/index.js'

export interface RatingSummary {
  average: number | null
  count: number
  /** How many gave each number of stars. */
  distribution: Record<'1' | '2' | '3' | '4' | '5', number>
}

interface RatingRow {
  subject_id: string
  average: number
  count: number
}

/** One decimal is what stars show; none without a review. */
const average = 'round(avg(w.rating), 2)::double precision'

/** Published reviews of one product, or of one vendor itself. */
export function ratingSummaryStatement(
  tenantId: string,
  subject: { vendor_id: string; product_id: string | null },
): Statement<RatingSummary> {
  const stars = [1, 2, 3, 4, 5].map((star) => `'${star}', count(*) filter (where w.rating = ${star})`).join(', ')
  return statement(
    'reviews.summary',
    `select ${average} as average, count(*)::int as count, json_build_object(${stars}) as distribution
     from review w where w.tenant_id = $1 and w.vendor_id = $2 and w.product_id is not distinct from $3 and w.status = 'published'`,
    [tenantId, subject.vendor_id, subject.product_id],
  )
}

function productRatingsStatement(tenantId: string, productIds: readonly string[]): Statement<RatingRow> {
  return statement(
    'reviews.of_products',
    `select w.product_id as subject_id, ${average} as average, count(*)::int as count from review w
     where w.tenant_id = $1 and w.product_id = any($2::text[]) and w.status = 'published' group by w.product_id`,
    [tenantId, productIds],
  )
}

function vendorRatingsStatement(tenantId: string, vendorIds: readonly string[]): Statement<RatingRow> {
  return statement(
    'reviews.of_vendors',
    `select w.vendor_id as subject_id, ${average} as average, count(*)::int as count from review w
     where w.tenant_id = $1 and w.vendor_id = any($2::text[]) and w.product_id is null and w.status = 'published' group by w.vendor_id`,
    [tenantId, vendorIds],
  )
}

type Rated = { id: string; rating?: { average: number | null; count: number } }

/** Puts `rating` on products: average and count of their published reviews. */
export const withRatings = (context: Context, products: readonly Rated[]) => putRatings(context, products, productRatingsStatement)

/** The same on vendors, of the reviews of the vendors themselves. */
export const withVendorRatings = (context: Context, vendors: readonly Rated[]) => putRatings(context, vendors, vendorRatingsStatement)

async function putRatings(
  context: Context,
  things: readonly Rated[],
  ratings: (tenantId: string, ids: readonly string[]) => Statement<RatingRow>,
): Promise<void> {
  if (things.length === 0) return
  const rows = await context.db.read(
    context.scope,
    ratings(
      tenantOf(context),
      things.map((thing) => thing.id),
    ),
  )
  const byId = new Map(rows.map((row) => [row.subject_id, { average: row.average, count: row.count }]))
  for (const thing of things) thing.rating = byId.get(thing.id) ?? { average: null, count: 0 }
}
