import type { Route } from '../../http/index.js'
import { routes as emailPassword } from './email-password.js'
import { routes as tokens } from './tokens.js'

export const routes: Route[] = [...emailPassword, ...tokens]
