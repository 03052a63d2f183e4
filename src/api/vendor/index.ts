import type { Route } from '../../http/index.js'
import { routes as applications } from './applications.js'
import { routes as apiKeys } from './api-keys.js'
import { routes as imports } from './imports.js'
import { routes as inventory } from './inventory.js'
import { routes as me } from './me.js'
import { routes as money } from './money.js'
import { routes as orders } from './orders.js'
import { routes as payee } from './payee.js'
import { routes as products } from './products.js'
import { routes as productReviews } from './product-reviews.js'
import { routes as reviews } from './reviews.js'
import { routes as shipping } from './shipping.js'
import { routes as team } from './team.js'
import { routes as uploads } from './uploads.js'
import { webhookRoutes } from '../webhooks.js'

export const routes: Route[] = [
  ...applications,
  ...me,
  ...team,
  ...apiKeys,
  ...products,
  ...uploads,
  ...inventory,
  ...shipping,
  ...orders,
  ...imports,
  ...productReviews,
  ...reviews,
  ...payee,
  ...money,
  ...webhookRoutes('vendor'),
]
