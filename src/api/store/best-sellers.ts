import { z } from 'zod'
import { listProducts } from '../../catalog/index.js'
import { readPage, tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { bestSellersStatement } from '../../orders/index.js'

import { answeredProducts, pricingSchema, productFields, productRequest } from './products.js'

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/best-sellers',
    summary: 'What has sold best lately, the most first',
    access: 'public',
    query: z.strictObject(pricingSchema.shape),
    fields: productFields,
    page: { limit: 12, orderable: ['id'] },
    async handle(request) {
      const { context, page } = request
      const { rows: sold, count } = await readPage(context, page, (part) => bestSellersStatement(tenantOf(context), part))
      const ids = sold.map((row) => row.product_id)
      const { products } = await listProducts(context, {
        ...productRequest(request),
        filter: { id: ids },
        order: { field: 'id', descending: false },
        limit: ids.length,
        offset: 0,
      })
      products.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
      return { products: await answeredProducts(request, products), count, offset: page.offset, limit: page.limit }
    },
  }),
]
