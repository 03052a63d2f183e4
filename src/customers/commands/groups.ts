import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, isDuplicate, newId, notFound, unrelated } from '../../kernel/index.js'

export interface CustomerGroupInput {
  name?: string | undefined
  metadata?: Record<string, unknown> | null | undefined
}

function named(name: string | undefined) {
  return (error: unknown): never => {
    if (isDuplicate(error)) throw alreadyExists(`Customer group with name: ${name}, already exists.`)
    throw error
  }
}

/** Throws invalid_data for a name that another group has. */
export async function createCustomerGroup(unit: Unit, input: CustomerGroupInput & { name: string }, createdBy: string): Promise<string> {
  const id = newId('cusgroup')
  await unit
    .run(
      statement(
        'customers.insert_group',
        'insert into customer_group (tenant_id, id, name, metadata, created_by) values ($1, $2, $3, $4, $5)',
        [tenantOf(unit), id, input.name, input.metadata == null ? null : JSON.stringify(input.metadata), createdBy],
      ),
    )
    .catch(named(input.name))
  return id
}

/** Throws not_found; invalid_data for a name that another group has. */
export async function updateCustomerGroup(unit: Unit, id: string, input: CustomerGroupInput): Promise<void> {
  const rows = await unit
    .run(
      statement<{ id: string }>(
        'customers.update_group',
        `update customer_group set name = coalesce($3, name), metadata = case when $4 then app.merged_metadata(metadata, $5::jsonb) else metadata end, updated_at = now()
         where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
        [
          tenantOf(unit),
          id,
          input.name ?? null,
          input.metadata !== undefined,
          input.metadata == null ? null : JSON.stringify(input.metadata),
        ],
      ),
    )
    .catch(named(input.name))
  if (rows.length === 0) throw notFound(`Customer group with id "${id}" not found`)
}

/** Throws not_found. */
export async function deleteCustomerGroup(unit: Unit, id: string): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'customers.delete_group',
      'update customer_group set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (rows.length === 0) throw notFound(`Customer group with id: ${id} was not found`)
}

async function link(unit: Unit, pairs: { groups: readonly string[]; customers: readonly string[] }): Promise<void> {
  await unit.run(
    statement(
      'customers.link_group',
      `insert into customer_group_customer (tenant_id, customer_group_id, customer_id)
       select $1, g, c from unnest($2::text[]) as g cross join unnest($3::text[]) as c on conflict do nothing`,
      [tenantOf(unit), pairs.groups, pairs.customers],
    ),
  )
}

async function unlink(unit: Unit, pairs: { groups: readonly string[]; customers: readonly string[] }): Promise<void> {
  await unit.run(
    statement(
      'customers.unlink_group',
      'delete from customer_group_customer where tenant_id = $1 and customer_group_id = any($2) and customer_id = any($3)',
      [tenantOf(unit), pairs.groups, pairs.customers],
    ),
  )
}

/** Held, in key order, until the links are written: what is removed meanwhile is not linked. */
async function needGroups(unit: Unit, ids: readonly string[]): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'customers.hold_groups',
      'select id from customer_group where tenant_id = $1 and id = any($2) and deleted_at is null order by id for share',
      [tenantOf(unit), ids],
    ),
  )
  const missing = ids.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) throw unrelated('customer_group_id', missing)
}

async function needCustomers(unit: Unit, ids: readonly string[]): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'customers.hold',
      'select id from customer where tenant_id = $1 and id = any($2) and deleted_at is null order by id for share',
      [tenantOf(unit), ids],
    ),
  )
  const missing = ids.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) throw unrelated('customer_id', missing)
}

export interface LinkChange {
  add: readonly string[]
  remove: readonly string[]
}

/** Changes who is in a group. Throws not_found for the group, or a customer to add. */
export async function changeGroupMembers(unit: Unit, groupId: string, change: LinkChange): Promise<void> {
  await needGroups(unit, [groupId])
  await needCustomers(unit, change.add)
  await unlink(unit, { groups: [groupId], customers: change.remove })
  await link(unit, { groups: [groupId], customers: change.add })
}

/** Changes which groups a customer is in. Throws not_found for the customer, or a group to add. */
export async function changeCustomerGroups(unit: Unit, customerId: string, change: LinkChange): Promise<void> {
  await needGroups(unit, change.add)
  await needCustomers(unit, [customerId])
  await unlink(unit, { groups: change.remove, customers: [customerId] })
  await link(unit, { groups: change.add, customers: [customerId] })
}
