import { z } from 'zod'
import { absoluteUrl } from '../../catalog/index.js'
import { readPage, singlePage, tenantOf, type Unit } from '../../db/index.js'
import { type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import { translated } from '../../translations/index.js'
import {
  addToWishList,
  createWishList,
  deleteWishList,
  listWishListsStatement,
  removeFromWishList,
  renameWishList,
  shareWishList,
  unshareWishList,
  type WishList,
} from '../../wish-lists/index.js'
import { customerIdOf } from './customers.js'
import { listed, salesChannelsOf } from './shared.js'

type AnyRequest = RequestContext<unknown, unknown>

const items = ['items.*', 'items.variant.*', 'items.product.*']
const fields: FieldsPolicy = { defaults: ['id', 'name', 'share_token', 'created_at', 'updated_at', ...items] }
/** What others see of a list that was shared with them: neither whose it is, nor the token. */
const sharedFields: FieldsPolicy = { defaults: ['name', 'updated_at', ...items] }
const name = z.string().trim().min(1).max(limits.name_characters)
const path = '/store/customers/me/wish-lists'

async function rendered(request: AnyRequest, lists: readonly WishList[]): Promise<readonly WishList[]> {
  const { context, locale, services } = request
  for (const item of lists.flatMap((list) => list.items)) {
    item.variant.thumbnail = absoluteUrl(item.variant.thumbnail, services.publicUrl)
    item.product.thumbnail = absoluteUrl(item.product.thumbnail, services.publicUrl)
  }
  await translated(context, locale, lists)
  return lists
}

async function answer(request: AnyRequest, id: string) {
  const { context, fields: tree } = request
  const filter = { customerId: customerIdOf(request), id }
  const rows = await context.db.read(context.scope, listWishListsStatement(tenantOf(context), filter, salesChannelsOf(request), singlePage))
  const [list] = await rendered(request, rows)
  if (list === undefined) throw notFound(`Wish list with id: ${id} was not found`)
  return { wish_list: tree.project(list) }
}

/** Changes a list of the signed-in customer's, and answers it. */
async function changed(request: AnyRequest, change: (unit: Unit, customerId: string, id: string) => Promise<void>) {
  const { context, params } = request
  const id = params.id as string
  await context.db.unitOfWork(context.scope, (unit) => change(unit, customerIdOf(request), id))
  return answer(request, id)
}

const listRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path,
    summary: "The signed-in customer's wish lists",
    access: 'customer',
    fields,
    page: { limit: 20, orderable: ['created_at', 'updated_at', 'name', 'id'], descending: true },
    async handle(request) {
      const { context, page } = request
      const filter = { customerId: customerIdOf(request), id: null }
      const channels = salesChannelsOf(request)
      const { rows, count } = await readPage(context, page, (part) => listWishListsStatement(tenantOf(context), filter, channels, part))
      return listed('wish_lists', await rendered(request, rows), request, count)
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path,
    summary: 'Begin a wish list',
    access: 'customer',
    body: z.strictObject({ name }),
    fields,
    async handle(request) {
      const { context, body } = request
      const id = await context.db.unitOfWork(context.scope, (unit) => createWishList(unit, customerIdOf(request), body.name))
      return answer(request, id)
    },
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: `${path}/:id`,
    summary: "A wish list of the signed-in customer's",
    access: 'customer',
    fields,
    ids: { id: 'wish_list' },
    handle: (request) => answer(request, request.params.id as string),
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: `${path}/:id`,
    summary: 'Rename a wish list',
    access: 'customer',
    body: z.strictObject({ name }),
    fields,
    ids: { id: 'wish_list' },
    handle: (request) => changed(request, (unit, customerId, id) => renameWishList(unit, customerId, id, request.body.name)),
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: `${path}/:id`,
    summary: 'Delete a wish list',
    access: 'customer',
    ids: { id: 'wish_list' },
    async handle(request) {
      const { context, params } = request
      const id = params.id as string
      await context.db.unitOfWork(context.scope, (unit) => deleteWishList(unit, customerIdOf(request), id))
      return { id, object: 'wish_list', deleted: true }
    },
  }),
]

const itemRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: `${path}/:id/items`,
    summary: 'Put a variant on a wish list',
    access: 'customer',
    body: z.strictObject({ variant_id: z.string().min(1).max(64) }),
    fields,
    ids: { id: 'wish_list', variant_id: 'variant' },
    handle: (request) =>
      changed(request, (unit, customerId, id) => addToWishList(unit, customerId, id, request.body.variant_id, salesChannelsOf(request))),
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: `${path}/:id/items/:item_id`,
    summary: 'Take a thing off a wish list',
    access: 'customer',
    fields,
    ids: { id: 'wish_list', item_id: 'wish_list_item' },
    handle: (request) =>
      changed(request, (unit, customerId, id) => removeFromWishList(unit, customerId, id, request.params.item_id as string)),
  }),
]

const sharingRoutes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: `${path}/:id/share`,
    summary: 'Make a token that lets whoever has it read a wish list',
    access: 'customer',
    fields,
    ids: { id: 'wish_list' },
    handle: (request) => changed(request, shareWishList),
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: `${path}/:id/share`,
    summary: "End a wish list's sharing",
    access: 'customer',
    fields,
    ids: { id: 'wish_list' },
    handle: (request) => changed(request, unshareWishList),
  }),
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/wish-lists/:token',
    summary: 'A wish list that was shared, to whoever has its token',
    access: 'public',
    fields: sharedFields,
    ids: { token: 'wish_list_token' },
    async handle(request) {
      const { context, params, fields: tree } = request
      const filter = { shareToken: params.token as string }
      const rows = await context.db.read(
        context.scope,
        listWishListsStatement(tenantOf(context), filter, salesChannelsOf(request), singlePage),
      )
      const [list] = await rendered(request, rows)
      if (list === undefined) throw notFound('No wish list is shared under this token')
      const { id: _id, ...shared } = tree.project(list) as Record<string, unknown>
      return { wish_list: shared }
    },
  }),
]

export const routes: Route[] = [...listRoutes, ...itemRoutes, ...sharingRoutes]
