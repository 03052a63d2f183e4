import { type Call, type Caller, callRoute, type Reply, type Route, type Services } from '../http/index.js'

/** The Store API as a page calls it: the routes themselves, in the process, with all that they check. */
export interface Api {
  get<Answer>(path: string, call?: Call): Promise<Answer>
  post<Answer>(path: string, call?: Call): Promise<Answer>
  delete<Answer>(path: string, call?: Call): Promise<Answer>
  /** The whole reply, where its headers count. */
  reply(method: Route['method'], path: string, call?: Call): Promise<Reply>
}

export type RouteTable = ReadonlyMap<string, Route>

/** The routes that shoppers have, by method and path. */
export function routeTable(routes: readonly Route[]): RouteTable {
  const ofShoppers = routes.filter((route) => route.surface === 'store' || route.surface === 'auth')
  return new Map(ofShoppers.map((route) => [`${route.method} ${route.path}`, route]))
}

export function apiOf(services: Services, table: RouteTable, caller: Caller): Api {
  const reply: Api['reply'] = (method, path, call = {}) => {
    const route = table.get(`${method} ${path}`)
    if (route === undefined) throw new Error(`the Store API has no ${method} ${path}`)
    return callRoute(services, route, caller, call)
  }
  const body =
    (method: Route['method']) =>
    async <Answer>(path: string, call?: Call): Promise<Answer> =>
      (await reply(method, path, call)).body as Answer
  return { get: body('GET'), post: body('POST'), delete: body('DELETE'), reply }
}
