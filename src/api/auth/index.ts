import type { Route } from '../../http/index.js'
import { routes as emailPassword } from './email-password.js'
import { routes as mfa } from './mfa.js'
import { routes as providers, refusals } from './providers.js'
import { routes as sessions } from './sessions.js'
import { routes as tokens } from './tokens.js'
import { routes as verification } from './verification.js'

export const routes: Route[] = [...emailPassword, ...tokens, ...sessions, ...verification, ...mfa, ...providers, ...refusals]
