import { type Statement, statement } from '../../db/index.js'
import { newId } from '../../kernel/index.js'

/** Finds or makes the guest customer of an e-mail. Two carts with the same e-mail at once get the same guest. */
export function ensureGuestStatement(tenantId: string, email: string): Statement<{ id: string; email: string }> {
  return statement(
    'customers.ensure_guest',
    `insert into customer (tenant_id, id, email, has_account) values ($1, $2, $3, false)
     on conflict (tenant_id, email, has_account) where deleted_at is null do update set updated_at = now()
     returning id, email`,
    [tenantId, newId('cus'), email],
  )
}

/** A customer with an account; sign-in is added by access. */
export function ensureAccountStatement(
  tenantId: string,
  customer: { email: string; firstName: string | null; lastName: string | null },
): Statement<{ id: string }> {
  return statement(
    'customers.ensure_account',
    `insert into customer (tenant_id, id, email, has_account, first_name, last_name) values ($1, $2, $3, true, $4, $5)
     on conflict (tenant_id, email, has_account) where deleted_at is null do update set updated_at = now()
     returning id`,
    [tenantId, newId('cus'), customer.email, customer.firstName, customer.lastName],
  )
}

/** Who a signed-in customer is, for the carts that they start or take over. */
export function customerEmailStatement(tenantId: string, customerId: string): Statement<{ id: string; email: string }> {
  return statement('customers.email', 'select id, email from customer where tenant_id = $1 and id = $2 and deleted_at is null', [
    tenantId,
    customerId,
  ])
}
