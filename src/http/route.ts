import type { ZodType, output } from 'zod'
import type { Permission } from '../access/index.js'
import type { FieldsPolicy } from './fields.js'
import type { RequestContext } from './services.js'

export type Surface = 'store' | 'auth' | 'vendor' | 'admin' | 'platform'
export type Method = 'GET' | 'POST' | 'DELETE'

/** Who may call a route: anyone, anyone with a token, a signed-in customer, or who holds a permission of the catalogue. */
export type RouteAccess = 'public' | 'authenticated' | 'customer' | Permission

export interface PagePolicy {
  limit: number
  /** Fields that a list can be ordered by; the first is the default. */
  orderable: readonly [string, ...string[]]
  /** The default order runs downwards. */
  descending?: boolean
}

/** What kind of object a path parameter or body field names: from it the test of foreign ids is generated. */
export type IdKinds = Readonly<Record<string, string>>

export interface Route {
  readonly surface: Surface
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly access: RouteAccess
  readonly query?: ZodType
  readonly body?: ZodType
  /** Content types taken as bytes instead of JSON, and how many bytes. */
  readonly raw?: { readonly types: readonly string[]; readonly limit_bytes: number }
  readonly fields?: FieldsPolicy
  readonly page?: PagePolicy
  readonly status?: number
  /** True where no tenant is wanted, as on /platform. */
  readonly withoutTenant?: boolean
  /** Rate limit class; writes, sign-ins, codes, uploads and applications are stricter than reads. */
  readonly limit?: 'sign_in' | 'code' | 'upload' | 'application'
  readonly ids?: IdKinds
  readonly handle: (request: RequestContext) => Promise<unknown>
}

type Parsed<Schema> = Schema extends ZodType ? output<Schema> : Record<string, never>

interface Definition<Query extends ZodType | undefined, Body extends ZodType | undefined> extends Omit<Route, 'query' | 'body' | 'handle'> {
  readonly query?: Query
  readonly body?: Body
  readonly handle: (request: RequestContext<Parsed<Query>, Parsed<Body>>) => Promise<unknown>
}

/** Declares a route; the handler's query and body have the types of their schemas. */
export function route<Query extends ZodType | undefined = undefined, Body extends ZodType | undefined = undefined>(
  definition: Definition<Query, Body>,
): Route {
  return definition as unknown as Route
}

/** An answer that is not simply JSON with the route's status. */
export class Reply {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(body: unknown, options: { status?: number; headers?: Record<string, string> } = {}) {
    this.body = body
    this.status = options.status ?? 200
    this.headers = options.headers ?? {}
  }
}
