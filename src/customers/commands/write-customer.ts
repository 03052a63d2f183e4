import { attachActor, removeIdentity } from '../../access/index.js'
import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, duplicate, invalidData, isDuplicate, newId, notFound } from '../../kernel/index.js'

export interface CustomerInput {
  email?: string | undefined
  company_name?: string | null | undefined
  first_name?: string | null | undefined
  last_name?: string | null | undefined
  phone?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

export const unknownCustomer = (id: string) => notFound(`Customer with id: ${id} was not found`)

async function insert(
  unit: Unit,
  id: string,
  input: CustomerInput & { email: string },
  account: { hasAccount: boolean; createdBy: string | null },
): Promise<string> {
  try {
    await unit.run(
      statement(
        'customers.insert',
        `insert into customer (tenant_id, id, email, has_account, company_name, first_name, last_name, phone, metadata, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          tenantOf(unit),
          id,
          input.email,
          account.hasAccount,
          input.company_name ?? null,
          input.first_name ?? null,
          input.last_name ?? null,
          input.phone ?? null,
          input.metadata == null ? null : JSON.stringify(input.metadata),
          account.createdBy,
        ],
      ),
    )
  } catch (error) {
    if (!isDuplicate(error)) throw error
    if (account.hasAccount) throw duplicate('Customer with this email already has an account')
    throw alreadyExists(`Customer with email: ${input.email}, has_account: false, already exists.`)
  }
  return id
}

/**
 * Makes the account of a sign-in that has none yet. A guest with the same e-mail stays another customer.
 * @throws invalid_data when the sign-in has its account already; duplicate_error when the e-mail has one
 */
export async function createAccount(unit: Unit, identityId: string, input: CustomerInput & { email: string }): Promise<string> {
  const id = newId('cus')
  // The sign-in first: it holds back whoever asks for the same one at the same moment.
  if (!(await attachActor(unit, identityId, id))) throw alreadyCustomer()
  return insert(unit, id, input, { hasAccount: true, createdBy: null })
}

export const alreadyCustomer = () => invalidData('Request already authenticated as a customer.')

/** A customer whom the store's staff enters: without a sign-in. Throws invalid_data for an e-mail that is entered already. */
export function createCustomer(unit: Unit, input: CustomerInput & { email: string }, createdBy: string): Promise<string> {
  return insert(unit, newId('cus'), input, { hasAccount: false, createdBy })
}

/**
 * Changes what is given of a customer. The e-mail of the sign-in stays.
 * @throws not_found; invalid_data for an e-mail that another customer has
 */
export async function updateCustomer(unit: Unit, id: string, input: CustomerInput): Promise<void> {
  const given = (name: keyof CustomerInput) => input[name] !== undefined
  const rows = await unit
    .run(
      statement<{ id: string }>(
        'customers.update',
        `update customer set email = coalesce($3, email),
           company_name = case when $4 then $5 else company_name end, first_name = case when $6 then $7 else first_name end,
           last_name = case when $8 then $9 else last_name end, phone = case when $10 then $11 else phone end,
           metadata = case when $12 then app.merged_metadata(metadata, $13::jsonb) else metadata end, updated_at = now()
         where tenant_id = $1 and id = $2 and deleted_at is null returning id`,
        [
          tenantOf(unit),
          id,
          input.email ?? null,
          given('company_name'),
          input.company_name ?? null,
          given('first_name'),
          input.first_name ?? null,
          given('last_name'),
          input.last_name ?? null,
          given('phone'),
          input.phone ?? null,
          given('metadata'),
          input.metadata == null ? null : JSON.stringify(input.metadata),
        ],
      ),
    )
    .catch((error: unknown) => {
      if (isDuplicate(error)) throw alreadyExists(`Customer with email: ${input.email}, already exists.`)
      throw error
    })
  if (rows.length === 0) throw notFound(`Customer with id "${id}" not found`)
}

/** Removes a customer and the sign-in; orders and carts keep their copies. Throws not_found. */
export async function deleteCustomer(unit: Unit, id: string): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'customers.delete',
      'update customer set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (rows.length === 0) throw unknownCustomer(id)
  await removeIdentity(unit, 'customer', id)
}
