import type { Route } from '../../http/index.js'

export const routes: Route[] = []
