import { statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed } from '../kernel/index.js'

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
export async function takeUses(unit: Unit, attempt: { checkoutId: string; currency: string }, uses: readonly Use[]): Promise<void> {
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
         select k.id, k.budget_type from campaign k
         where k.tenant_id = $1 and k.id in (select campaign_id from held) and k.budget_type is not null and k.deleted_at is null
         order by k.id for update
       ), spent as (
         select b.id, w.promotion_id, case b.budget_type when 'spend' then w.amount_minor else 1 end as amount
         from budget b join held h on h.campaign_id = b.id join wanted w on w.promotion_id = h.id
       ), counted as (
         update promotion p set used = p.used + 1 from held h
         where p.tenant_id = $1 and p.id = h.id and (p.usage_limit is null or p.used < p.usage_limit) returning p.id
       ), budgeted as (
         update campaign k set budget_used_minor = k.budget_used_minor + s.amount
         from (select id, sum(amount)::bigint as amount from spent group by id) s
         where k.tenant_id = $1 and k.id = s.id and (k.budget_limit_minor is null or k.budget_used_minor + s.amount <= k.budget_limit_minor) returning k.id
       ), noted as (
         insert into promotion_use (tenant_id, id, promotion_id, campaign_id, checkout_id, amount_minor, currency_code, budget_used_minor)
         select $1, w.id, w.promotion_id, s.id, $2, w.amount_minor, $3, coalesce(s.amount, 0)
         from wanted w join counted c on c.id = w.promotion_id left join spent s on s.promotion_id = w.promotion_id returning id
       )
       select (select count(*) from noted)::int as uses, (select count(*) from budget)::int as budgets,
              (select count(*) from budgeted)::int as budgets_taken`,
      [tenantOf(unit), attempt.checkoutId, attempt.currency, JSON.stringify(rows)],
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
         select u.id, u.promotion_id, u.campaign_id, u.budget_used_minor from promotion_use u
         where u.tenant_id = $1 and u.checkout_id = $2 and u.state = 'taken'
       ), held as materialized (
         select p.id from promotion p where p.tenant_id = $1 and p.id in (select promotion_id from used) order by p.id for update
       ), budget as materialized (
         select k.id from campaign k where k.tenant_id = $1 and (select count(*) from held) > 0
           and k.id in (select campaign_id from used where budget_used_minor > 0) order by k.id for update
       ), counted as (
         update promotion p set used = p.used - 1 from held h where p.tenant_id = $1 and p.id = h.id
       ), budgeted as (
         update campaign k set budget_used_minor = k.budget_used_minor - s.amount
         from budget b join (select campaign_id, sum(budget_used_minor)::bigint as amount from used group by 1) s on s.campaign_id = b.id
         where k.tenant_id = $1 and k.id = b.id
       )
       update promotion_use u set state = 'returned', updated_at = now() from used where u.tenant_id = $1 and u.id = used.id`,
      [tenantOf(unit), checkoutId],
    ),
  )
}
