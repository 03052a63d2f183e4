import { type Statement, statement } from '../db/index.js'
import { newId } from '../kernel/index.js'

/** Makes the payment collection of a cart, or finds the one it has. */
export function ensureCollectionStatement(
  tenantId: string,
  cart: { id: string; currencyCode: string; totalMinor: bigint },
): Statement<{ id: string }> {
  return statement(
    'payments.ensure_collection',
    `insert into payment_collection (tenant_id, id, cart_id, currency_code, amount_minor) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, cart_id) do update set updated_at = now() returning id`,
    [tenantId, newId('pay_col'), cart.id, cart.currencyCode, cart.totalMinor],
  )
}

/** A cart's total has changed: what was agreed with a provider no longer holds, its sessions go. */
export function changeAmountStatement(
  tenantId: string,
  collectionId: string,
  money: { currencyCode: string; totalMinor: bigint },
): Statement<{ id: string }> {
  return statement(
    'payments.change_amount',
    `with gone as (delete from payment_session where tenant_id = $1 and payment_collection_id = $2)
     update payment_collection set amount_minor = $3, currency_code = $4, status = 'not_paid', updated_at = now()
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, collectionId, money.totalMinor, money.currencyCode],
  )
}

/** One active session: a new one takes the place of those before it. */
export function replaceSessionStatements(
  tenantId: string,
  session: { collectionId: string; providerId: string; currencyCode: string; amountMinor: bigint; data: object },
): [Statement<{ id: string }>, Statement<{ id: string }>] {
  return [
    statement('payments.delete_sessions', 'delete from payment_session where tenant_id = $1 and payment_collection_id = $2 returning id', [
      tenantId,
      session.collectionId,
    ]),
    statement(
      'payments.insert_session',
      `insert into payment_session (tenant_id, id, payment_collection_id, provider_id, currency_code, amount_minor, data)
       values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      [
        tenantId,
        newId('payses'),
        session.collectionId,
        session.providerId,
        session.currencyCode,
        session.amountMinor,
        JSON.stringify(session.data),
      ],
    ),
  ]
}
