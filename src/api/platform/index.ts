import type { Route } from '../../http/index.js'
import { routes as audit } from './audit.js'
import { routes as jobs } from './jobs.js'
import { routes as payments } from './payments.js'
import { routes as promotions } from './promotions.js'
import { routes as storePayouts } from './store-payouts.js'
import { routes as tenants } from './tenants.js'

export const routes: Route[] = [...tenants, ...promotions, ...jobs, ...payments, ...storePayouts, ...audit]
