import { statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed } from '../kernel/index.js'

/** Who buys, as budgets for each customer tell them apart. */
export interface Buyer {
  customerId: string | null
  email: string | null
}

/** What a cart takes of a promotion; minor units. */
export interface Use {
  promotionId: string
  amountMinor: bigint
}

/**
 * Takes the use of promotions for an attempt to complete a cart: their limits and their campaigns' budgets, all of them
 * or none. Rows are locked in key order, stock before promotions before campaigns, so that two attempts wait for one
 * another instead of dying; the tables' own checks are the last line behind this code. Nothing is asked for no uses.
 * @throws not_allowed when a limit or a budget does not hold them
 */
export async function takeUses(
  unit: Unit,
  attempt: { checkoutId: string; currency: string; buyer: Buyer },
  uses: readonly Use[],
): Promise<void> {
  if (uses.length === 0) return
  const rows = uses.map((use) => ({ id: newId('prouse'), promotion_id: use.promotionId, amount_minor: String(use.amountMinor) }))
  const [taken] = await unit.run(
    statement<{ uses: number; budgets: number; budgets_taken: number }>(
      'promotions.take_uses',
      `with wanted as (
         select * from jsonb_to_recordset($4::jsonb) as w (id text, promotion_id text, amount_minor bigint)
       ), held as materialized (
         select p.id, p.campaign_id from promotion p
         where p.tenant_id = $1 and p.id in (select promotion_id from wanted) and p.status = 'active' and p.deleted_at is null
         order by p.id for update
       ), budget as materialized (
         select k.id, k.budget_type, k.budget_attribute, k.budget_limit_minor from campaign k
         where k.tenant_id = $1 and k.id in (select campaign_id from held) and k.budget_type is not null and k.deleted_at is null
         order by k.id for update
       ), spent as (
         select b.id, w.promotion_id, case when b.budget_type in ('spend', 'spend_by_attribute') then w.amount_minor else 1 end as amount,
                case b.budget_attribute when 'customer_id' then $5 when 'customer_email' then lower($6) end as attribute_value
         from budget b join held h on h.campaign_id = b.id join wanted w on w.promotion_id = h.id
       ), counted as (
         update promotion p set used = p.used + 1 from held h
         where p.tenant_id = $1 and p.id = h.id and (p.usage_limit is null or p.used < p.usage_limit) returning p.id
       ), personal as (
         insert into campaign_use as u (tenant_id, campaign_id, attribute_value, used, spent_minor)
         select $1, b.id, s.attribute_value, case b.budget_type when 'use_by_attribute' then count(*) else 0 end::int,
                case b.budget_type when 'use_by_attribute' then 0 else sum(s.amount) end::bigint
         from spent s join budget b on b.id = s.id
         where s.attribute_value is not null
         group by b.id, b.budget_type, b.budget_limit_minor, s.attribute_value
         having b.budget_limit_minor is null or sum(s.amount) <= b.budget_limit_minor
         on conflict (tenant_id, campaign_id, attribute_value) do update
           set used = u.used + excluded.used, spent_minor = u.spent_minor + excluded.spent_minor, updated_at = now()
           where (select b.budget_limit_minor is null or u.used + excluded.used + u.spent_minor + excluded.spent_minor <= b.budget_limit_minor
             from budget b where b.id = u.campaign_id)
         returning u.campaign_id
       ), budgeted as (
         update campaign k set budget_used_minor = k.budget_used_minor + s.amount
         from (select id, sum(amount)::bigint as amount from spent group by id) s
         where k.tenant_id = $1 and k.id = s.id and case when k.budget_attribute is not null then k.id in (select campaign_id from personal)
           else k.budget_limit_minor is null or k.budget_used_minor + s.amount <= k.budget_limit_minor end returning k.id
       ), noted as (
         insert into promotion_use (tenant_id, id, promotion_id, campaign_id, checkout_id, amount_minor, currency_code, budget_used_minor, attribute_value)
         select $1, w.id, w.promotion_id, s.id, $2, w.amount_minor, $3, coalesce(s.amount, 0), s.attribute_value
         from wanted w join counted c on c.id = w.promotion_id left join spent s on s.promotion_id = w.promotion_id returning id
       )
       select (select count(*) from noted)::int as uses, (select count(*) from budget)::int as budgets,
              (select count(*) from budgeted)::int as budgets_taken`,
      [tenantOf(unit), attempt.checkoutId, attempt.currency, JSON.stringify(rows), attempt.buyer.customerId, attempt.buyer.email],
    ),
  )
  if (taken?.uses !== rows.length || taken.budgets !== taken.budgets_taken) throw notAllowed('Promotion usage exceeds the budget limit.')
}

/** Gives back what a failed attempt took. A second call finds nothing to give back. */
export async function returnUses(unit: Unit, checkoutId: string): Promise<void> {
  await unit.run(
    statement(
      'promotions.return_uses',
      `with used as (
         select u.id, u.promotion_id, u.campaign_id, u.budget_used_minor, u.attribute_value from promotion_use u
         where u.tenant_id = $1 and u.checkout_id = $2 and u.state = 'taken'
       ), held as materialized (
         select p.id from promotion p where p.tenant_id = $1 and p.id in (select promotion_id from used) order by p.id for update
       ), budget as materialized (
         select k.id, k.budget_type from campaign k where k.tenant_id = $1 and (select count(*) from held) > 0
           and k.id in (select campaign_id from used where budget_used_minor > 0) order by k.id for update
       ), counted as (
         update promotion p set used = p.used - 1 from held h where p.tenant_id = $1 and p.id = h.id
       ), budgeted as (
         update campaign k set budget_used_minor = k.budget_used_minor - s.amount
         from budget b join (select campaign_id, sum(budget_used_minor)::bigint as amount from used group by 1) s on s.campaign_id = b.id
         where k.tenant_id = $1 and k.id = b.id
       ), personal as (
         update campaign_use c set used = c.used - case b.budget_type when 'use_by_attribute' then s.amount else 0 end,
             spent_minor = c.spent_minor - case b.budget_type when 'use_by_attribute' then 0 else s.amount end, updated_at = now()
         from budget b join (select campaign_id, attribute_value, sum(budget_used_minor)::bigint as amount from used
           where attribute_value is not null group by 1, 2) s on s.campaign_id = b.id
         where c.tenant_id = $1 and c.campaign_id = b.id and c.attribute_value = s.attribute_value
       )
       update promotion_use u set state = 'returned', updated_at = now() from used where u.tenant_id = $1 and u.id = used.id`,
      [tenantOf(unit), checkoutId],
    ),
  )
}
