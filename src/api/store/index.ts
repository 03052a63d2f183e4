import type { Route } from '../../http/index.js'
import { routes as products } from './products.js'
import { routes as regions } from './regions.js'
import { routes as vocabulary } from './vocabulary.js'

export const routes: Route[] = [...regions, ...products, ...vocabulary]
