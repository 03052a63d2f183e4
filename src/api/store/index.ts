import type { Route } from '../../http/index.js'
import { routes as addresses } from './addresses.js'
import { routes as bestSellers } from './best-sellers.js'
import { routes as carts } from './carts.js'
import { routes as categories } from './categories.js'
import { routes as credit } from './credit.js'
import { routes as customers } from './customers.js'
import { routes as orderTransfers } from './order-transfers.js'
import { routes as locales } from './locales.js'
import { routes as orders } from './orders.js'
import { routes as payments } from './payments.js'
import { routes as promotions } from './promotions.js'
import { routes as products } from './products.js'
import { routes as regions } from './regions.js'
import { routes as reviews } from './reviews.js'
import { routes as search } from './search.js'
import { routes as wishLists } from './wish-lists.js'
import { routes as returns } from './returns.js'
import { routes as shippingOptions } from './shipping-options.js'
import { routes as vocabulary } from './vocabulary.js'

export const routes: Route[] = [
  ...regions,
  ...products,
  ...bestSellers,
  ...vocabulary,
  ...categories,
  ...carts,
  ...promotions,
  ...credit,
  ...shippingOptions,
  ...payments,
  ...orders,
  ...orderTransfers,
  ...customers,
  ...addresses,
  ...returns,
  ...locales,
  ...search,
  ...reviews,
  ...wishLists,
]
