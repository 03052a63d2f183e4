import { randomBytes } from 'node:crypto'
import { statement, tenantOf, type Unit } from '../db/index.js'
import { limits, newId, notAllowed, notFound } from '../kernel/index.js'

const unknownList = (id: string) => notFound(`Wish list with id: ${id} was not found`)

/** Begins a list. The customer is locked, so that two at once stay within the limit. Throws not_allowed for one list too many. */
export async function createWishList(unit: Unit, customerId: string, name: string): Promise<string> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement('wish_lists.lock_customer', 'select id from customer where tenant_id = $1 and id = $2 for no key update', [
      tenantId,
      customerId,
    ]),
  )
  const id = newId('wish')
  const rows = await unit.run(
    statement<{ id: string }>(
      'wish_lists.create',
      `insert into wish_list (tenant_id, id, customer_id, name) select $1, $2, $3, $4
       where (select count(*) from wish_list w where w.tenant_id = $1 and w.customer_id = $3) < $5 returning id`,
      [tenantId, id, customerId, name, limits.wishLists],
    ),
  )
  if (rows.length === 0) throw notAllowed(`A customer has at most ${limits.wishLists} wish lists`)
  return id
}

/** Locks a list of the customer's. Throws not_found for any other. */
async function lockList(unit: Unit, customerId: string, id: string): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'wish_lists.lock',
      'select id from wish_list where tenant_id = $1 and id = $2 and customer_id = $3 for update',
      [tenantOf(unit), id, customerId],
    ),
  )
  if (rows.length === 0) throw unknownList(id)
}

async function change(unit: Unit, id: string, changes: object): Promise<void> {
  await unit
    .knex('wish_list')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ ...changes, updated_at: new Date() })
}

/** Throws not_found. */
export async function renameWishList(unit: Unit, customerId: string, id: string, name: string): Promise<void> {
  await lockList(unit, customerId, id)
  await change(unit, id, { name })
}

/** Throws not_found. */
export async function deleteWishList(unit: Unit, customerId: string, id: string): Promise<void> {
  await lockList(unit, customerId, id)
  await unit
    .knex('wish_list')
    .where({ tenant_id: tenantOf(unit), id })
    .delete()
}

/**
 * Puts a variant on a list; one that is there already stays where it is.
 * @throws not_found for the list, or for a variant that these channels do not show; not_allowed for one thing too many
 */
export async function addToWishList(
  unit: Unit,
  customerId: string,
  id: string,
  variantId: string,
  salesChannelIds: readonly string[],
): Promise<void> {
  const tenantId = tenantOf(unit)
  await lockList(unit, customerId, id)
  const [state] = await unit.run(
    statement<{ known: boolean; held: number; listed: boolean }>(
      'wish_lists.state',
      `select exists (select 1 from product_variant v
                join product p on p.tenant_id = v.tenant_id and p.id = v.product_id and p.deleted_at is null and p.status = 'published'
                join vendor d on d.tenant_id = p.tenant_id and d.id = p.vendor_id and d.status = 'active'
                join product_sales_channel h on h.tenant_id = p.tenant_id and h.product_id = p.id and h.sales_channel_id = any($4::text[])
                where v.tenant_id = $1 and v.id = $3 and v.deleted_at is null) as known,
              (select count(*) from wish_list_item i where i.tenant_id = $1 and i.wish_list_id = $2)::int as held,
              exists (select 1 from wish_list_item i where i.tenant_id = $1 and i.wish_list_id = $2 and i.variant_id = $3) as listed`,
      [tenantId, id, variantId, salesChannelIds],
    ),
  )
  if (state?.known !== true) throw notFound(`Variant with id: ${variantId} was not found`)
  if (state.listed) return
  if (state.held >= limits.wishListItems) throw notAllowed(`A wish list holds at most ${limits.wishListItems} things`)
  await unit.knex('wish_list_item').insert({ id: newId('wishit'), wish_list_id: id, variant_id: variantId })
  await change(unit, id, {})
}

/** Takes a thing off a list. Throws not_found. */
export async function removeFromWishList(unit: Unit, customerId: string, id: string, itemId: string): Promise<void> {
  await lockList(unit, customerId, id)
  const gone = await unit
    .knex('wish_list_item')
    .where({ tenant_id: tenantOf(unit), id: itemId, wish_list_id: id })
    .delete()
  if (gone === 0) throw notFound(`Item with id: ${itemId} was not found on the wish list`)
  await change(unit, id, {})
}

const token_bytes = 24

/** Lets whoever has the list's token read it; a list that is shared keeps its token. Throws not_found. */
export async function shareWishList(unit: Unit, customerId: string, id: string): Promise<void> {
  await lockList(unit, customerId, id)
  await unit.run(
    statement(
      'wish_lists.share',
      'update wish_list set share_token = coalesce(share_token, $3), updated_at = now() where tenant_id = $1 and id = $2',
      [tenantOf(unit), id, randomBytes(token_bytes).toString('base64url')],
    ),
  )
}

/** Ends that: the token reads nothing from now on, and sharing again makes another. Throws not_found. */
export async function unshareWishList(unit: Unit, customerId: string, id: string): Promise<void> {
  await lockList(unit, customerId, id)
  await change(unit, id, { share_token: null })
}
