import { statement } from '../../db/index.js'

/** A payee as it is kept before its provider is asked for it. */
export interface Noted {
  id: string
  reference: string | null
  email: string
  name: string
  country: string
  currency_code: string
  kind: 'individual' | 'company'
  refusals: number
}

/** The one in use, changed as far as no provider has it, or a new one. $3 is the vendor; null for the store, whose name is its own and which has no e-mail. */
export const notePayeeStatement = (values: unknown[]) =>
  statement<Noted>(
    'payouts.note_payee',
    `with party as (
       select coalesce(v.name, s.name) as name, v.email,
              coalesce($8, (select c.currency_code from store_currency c where c.tenant_id = $1 and c.is_default)) as currency_code
       from store s left join vendor v on v.tenant_id = $1 and v.id = $3
       where s.tenant_id = $1 and ($3::text is null or v.id is not null)
     ), known as (
       update payee y set
         kind = case when y.reference is null then $6 else y.kind end,
         country = case when y.reference is null then $7 else y.country end,
         currency_code = case when y.reference is null then p.currency_code else y.currency_code end, updated_at = now()
       from party p
       where y.tenant_id = $1 and (y.vendor_id = $3 or $3::text is null and y.vendor_id is null)
         and y.payment_account_id = $4 and y.replaced_at is null
       returning y.id, y.reference, y.kind, y.country, y.currency_code, y.refusals
     ), fresh as (
       insert into payee as y (tenant_id, id, vendor_id, payment_account_id, provider_id, kind, country, currency_code, held_reason)
       select $1, $2, $3, $4, $5, $6, $7, p.currency_code,
         -- What the operator keeps back of a store stays so when the store begins anew.
         case when $3::text is null then (
           select o.held_reason from payee o where o.tenant_id = $1 and o.vendor_id is null order by o.created_at desc, o.id desc limit 1) end
       from party p where not exists (select 1 from known)
       returning y.id, y.reference, y.kind, y.country, y.currency_code, y.refusals
     )
     select kept.*, coalesce($9, p.email, '') as email, p.name from party p cross join (select * from known union all select * from fresh) kept`,
    values,
  )
