import type { Route } from '../http/index.js'
import { routes as admin } from './admin/index.js'
import { routes as auth } from './auth/index.js'
import { routes as platform } from './platform/index.js'
import { routes as store } from './store/index.js'
import { routes as vendor } from './vendor/index.js'

/** Every route of every surface. Its access, schemas and ids say all that tests and documentation are generated from. */
export const routes: readonly Route[] = [...store, ...auth, ...vendor, ...admin, ...platform]
