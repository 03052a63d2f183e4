import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asAdmin } from './database.js'

/** An edit changes what was sold: then the order is no longer its cart's, and is paid in more than one way. */
const isEdited = `exists (select 1 from app.order_edit e where e.tenant_id = o.tenant_id and e.order_id = o.id and e.status = 'confirmed')`
/** Staff took off what was still to be paid: what its collections are there to take is looked at below. */
const isCredited = `exists (select 1 from app.order_credit n where n.tenant_id = o.tenant_id and n.order_id = o.id and n.credit_line_id is not null)`
/** Its provider took a part of what was authorised, and let the rest go: that is to be paid in another way. */
const isLapsed = `exists (select 1 from app.payment l join app.payment_collection c on c.tenant_id = l.tenant_id and c.id = l.payment_collection_id
  where l.tenant_id = o.tenant_id and c.order_id = o.id and l.lapsed_minor > 0)`

/**
 * What must be true of a store at any moment, whoever did what at once: each a query for the rows that break it. $1 is
 * the tenant. Written from the rows' meaning, apart from the code that writes them.
 */
const always: Record<string, string> = {
  'stock is never negative, and no more is promised than there is': `
    select id, stocked_quantity, reserved_quantity from app.inventory_level
    where tenant_id = $1 and (reserved_quantity < 0 or reserved_quantity > stocked_quantity)`,
  'what a level says is promised is the sum of its active reservations': `
    select l.id, l.reserved_quantity, coalesce(sum(r.quantity), 0) as promised
    from app.inventory_level l left join app.reservation r on r.tenant_id = l.tenant_id
      and r.inventory_item_id = l.inventory_item_id and r.location_id = l.location_id and r.state = 'active'
    where l.tenant_id = $1 group by l.tenant_id, l.id having l.reserved_quantity <> coalesce(sum(r.quantity), 0)`,
  'a failed attempt promises nothing': `
    select r.id from app.reservation r join app.checkout k on k.tenant_id = r.tenant_id and k.id = r.checkout_id
    where r.tenant_id = $1 and k.state = 'failed' and r.state <> 'released'`,
  'every piece sold and not sent is promised to its order line': `
    select i.id, i.quantity, i.fulfilled_quantity from app.order_line_item i
    join app.product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id and v.manage_inventory and not v.allow_backorder
    join app.orders o on o.tenant_id = i.tenant_id and o.id = i.order_id
    where i.tenant_id = $1 and case when o.canceled_at is null then i.quantity - i.fulfilled_quantity else 0 end <> coalesce((select sum(r.quantity) from app.reservation r
      where r.tenant_id = $1 and r.order_line_item_id = i.id and r.state = 'active'), 0)`,
  'a completed cart has exactly one order, and an order a completed cart': `
    select c.id, c.order_id, o.id as order_found from app.cart c
    full join app.orders o on o.tenant_id = c.tenant_id and o.cart_id = c.id
    where coalesce(c.tenant_id, o.tenant_id) = $1 and (c.completed_at is not null or o.id is not null)
      and (c.completed_at is null or o.id is null or c.order_id is distinct from o.id)`,
  'an order has exactly one completed attempt': `
    select o.id from app.orders o where o.tenant_id = $1
      and (select count(*) from app.checkout k where k.tenant_id = $1 and k.cart_id = o.cart_id and k.state = 'completed') <> 1`,
  'lines and shipping sum to the vendor orders, and those to the order': `
    select o.id, o.total_minor from app.orders o where o.tenant_id = $1 and not (
      o.total_minor = (select coalesce(sum(v.total_minor), 0) from app.vendor_order v where v.tenant_id = $1 and v.order_id = o.id)
      and o.tax_total_minor = (select coalesce(sum(v.tax_total_minor), 0) from app.vendor_order v where v.tenant_id = $1 and v.order_id = o.id)
      and o.total_minor = (select coalesce(sum(i.total_minor), 0) from app.order_line_item i where i.tenant_id = $1 and i.order_id = o.id)
        + (select coalesce(sum(m.total_minor), 0) from app.order_shipping_method m where m.tenant_id = $1 and m.order_id = o.id))`,
  'an order that was not edited is what its cart was when it was completed': `
    select o.id from app.orders o where o.tenant_id = $1 and not ${isEdited} and exists (
      (select variant_id, quantity, unit_price_minor from app.order_line_item where tenant_id = $1 and order_id = o.id
       except all select variant_id, quantity, unit_price_minor from app.cart_line_item where tenant_id = $1 and cart_id = o.cart_id)
      union all
      (select variant_id, quantity, unit_price_minor from app.cart_line_item where tenant_id = $1 and cart_id = o.cart_id
       except all select variant_id, quantity, unit_price_minor from app.order_line_item where tenant_id = $1 and order_id = o.id))`,
  'an order that was neither edited nor credited by staff equals the agreed payment and what was taken of it, or what is still to be paid': `
    select o.id, o.total_minor, p.amount_minor, k.amount_minor as collected, p.captured_minor from app.orders o
    left join app.payment_collection k on k.tenant_id = o.tenant_id and k.order_id = o.id
    left join app.payment p on p.tenant_id = k.tenant_id and p.payment_collection_id = k.id
      and (p.canceled_at is null or p.captured_minor > 0)
    cross join lateral (select o.total_minor - o.credit_minor as due_minor) d
    where o.tenant_id = $1 and d.due_minor > 0 and not ${isEdited} and not ${isCredited} and not ${isLapsed} and not coalesce(
      case when p.id is null
        then k.amount_minor = d.due_minor and k.authorized_minor = 0 and k.captured_minor = 0 and k.status in ('not_paid', 'awaiting', 'canceled')
        else p.amount_minor = d.due_minor and k.amount_minor = d.due_minor
          -- Given up, and captured at the same moment: what was captured goes back.
          and k.authorized_minor = case when p.canceled_at is null then d.due_minor else 0 end end
      and k.captured_minor = coalesce(p.captured_minor, 0)
      and coalesce(p.captured_minor, 0) = (select coalesce(sum(c.amount_minor), 0) from app.capture c where c.tenant_id = $1 and c.payment_id = p.id), false)`,
  'what is owed of an order is what its payment collections are there to take': `
    select o.id, b.owed, b.open from app.orders o cross join lateral (
      select o.total_minor - o.credit_minor + o.credit_returned_minor
          - coalesce((select sum(c.amount_minor) from app.order_credit c where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked'
              and c.dispute_id is null), 0)
          - coalesce(sum(k.captured_minor - k.refunded_minor), 0) as owed,
        coalesce(sum(k.amount_minor - k.captured_minor) filter (where k.status <> 'canceled'), 0) as open
      from app.payment_collection k where k.tenant_id = $1 and k.order_id = o.id) b
    where o.tenant_id = $1 and o.canceled_at is null and b.open <> greatest(b.owed, 0)
      and not exists (select 1 from app.refund r where r.tenant_id = $1 and r.order_id = o.id and r.state = 'pending')`,
  'a collection took what its payments did': `
    select k.id from app.payment_collection k where k.tenant_id = $1 and k.order_id is not null and k.captured_minor <> coalesce((
      select sum(p.captured_minor) from app.payment p where p.tenant_id = $1 and p.payment_collection_id = k.id), 0)`,
  'commissions sum to the vendor orders, and no more of one goes back than was taken': `
    select v.id from app.vendor_order v where v.tenant_id = $1 and v.commission_minor <> coalesce((
      select sum(c.amount_minor - i.commission_returned_minor) from app.commission_line c
      join app.order_line_item i on i.tenant_id = $1 and i.id = c.order_line_item_id and i.commission_returned_minor <= c.amount_minor
      where c.tenant_id = $1 and c.vendor_order_id = v.id), 0)`,
  'the taxes of a line sum to its tax': `
    select i.id from app.order_line_item i where i.tenant_id = $1 and jsonb_array_length(i.tax_lines) > 0
      and i.tax_minor <> (select sum((t ->> 'amount_minor')::bigint) from jsonb_array_elements(i.tax_lines) t)`,
  'no payment without its order': `
    select p.id from app.payment p join app.payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
    where p.tenant_id = $1 and k.order_id is null`,
  'the books balance': `
    select currency_code, sum(amount_minor) from app.ledger_posting where tenant_id = $1
    group by transaction_id, currency_code having sum(amount_minor) <> 0`,
  'the books say of each order what was sold and what is still owed for it': `
    select o.id, o.total_minor from app.orders o
    left join lateral (
      select coalesce(sum(s.amount_minor) filter (where t.kind in ('sale', 'reduction')), 0) as sold, coalesce(sum(s.amount_minor), 0) as owed
      from app.ledger_account a join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id
      join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id
      where a.tenant_id = $1 and a.code = 'A:shopper' and a.order_id = o.id) b on true
    where o.tenant_id = $1 and not (b.sold = o.total_minor and b.owed = o.total_minor - coalesce((
      select sum(c.amount_minor) from app.order_credit c where c.tenant_id = $1 and c.order_id = o.id and c.state = 'booked'
        and c.dispute_id is null), 0) - coalesce((
      select sum(p.captured_minor - p.refunded_minor) from app.payment p join app.payment_collection k
        on k.tenant_id = $1 and k.id = p.payment_collection_id
      where p.tenant_id = $1 and k.order_id = o.id), 0) - (o.credit_minor - o.credit_returned_minor))`,
  'a vendor is owed the sum of its parts': `
    select v.vendor_id, sum(v.vendor_amount_minor) from app.vendor_order v where v.tenant_id = $1 group by v.vendor_id
    having sum(v.vendor_amount_minor) - coalesce((select sum(c.vendor_amount_minor) from app.order_credit c
      where c.tenant_id = $1 and c.vendor_id = v.vendor_id and c.state = 'booked'), 0)
      - coalesce((select sum(g.value_minor - g.voided_minor) from app.gift_card g
      join app.order_line_item i on i.tenant_id = $1 and i.id = g.order_line_item_id
      where g.tenant_id = $1 and i.vendor_id = v.vendor_id), 0) <> -coalesce((select sum(s.amount_minor) from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id
      where a.tenant_id = $1 and a.code = 'L:vendor' and a.party_id = v.vendor_id and t.kind not in ('release', 'clawback', 'reserve', 'reserve_release', 'write_off')), 0)`,
  'what went out to a vendor and came back is what the books say': `
    select coalesce(r.vendor_id, b.vendor_id) as vendor, r.net, b.booked from (
      select vendor_id, currency_code, sum(amount) as net from (
        select vendor_id, currency_code, amount_minor as amount from app.release
          where tenant_id = $1 and state = 'succeeded' and method <> 'offset' and vendor_id is not null
        union all select vendor_id, currency_code, -amount_minor from app.clawback
          where tenant_id = $1 and state = 'succeeded' and method = 'provider' and vendor_id is not null) m group by 1, 2) r
    full join (select a.party_id as vendor_id, a.currency_code, sum(s.amount_minor) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id
      where a.tenant_id = $1 and a.code = 'L:vendor' and t.kind in ('release', 'clawback') group by 1, 2) b
      on b.vendor_id = r.vendor_id and b.currency_code = r.currency_code
    where coalesce(r.net, 0) <> coalesce(b.booked, 0)`,
  'what the store was paid of the operator’s account, less what was taken back, is at its bank by the books': `
    select r.net, b.booked from (select coalesce(sum(x.amount), 0) as net from (
        select amount_minor as amount from app.release where tenant_id = $1 and state = 'succeeded' and vendor_id is null
        union all select -amount_minor from app.clawback where tenant_id = $1 and state = 'succeeded' and vendor_id is null) x) r
    cross join (select coalesce(sum(s.amount_minor), 0) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id
      where a.tenant_id = $1 and a.code = 'A:bank' and t.kind in ('release', 'clawback') and exists (
        select 1 from app.ledger_posting o join app.ledger_account c on c.tenant_id = $1 and c.id = o.account_id and c.code = 'A:psp_clearing'
        where o.tenant_id = $1 and o.transaction_id = t.id)) b where r.net <> b.booked`,
  'a release of the store’s was made to a payee of the store’s, and one of a vendor’s to the vendor’s': `
    select r.id from app.release r join app.payee y on y.tenant_id = $1 and y.id = r.payee_id
    where r.tenant_id = $1 and r.vendor_id is distinct from y.vendor_id`,
  'no more is taken back of a release than it was, and what is netted is netted on both sides': `
    select r.id from app.release r where r.tenant_id = $1 and (
      r.amount_minor < coalesce((select sum(c.amount_minor) from app.clawback c where c.tenant_id = $1 and c.release_id = r.id
        and c.state in ('pending', 'succeeded')), 0)
      or r.method = 'offset' and r.amount_minor <> coalesce((select sum(c.amount_minor) from app.clawback c
        where c.tenant_id = $1 and c.offset_release_id = r.id), 0))`,
  'no vendor is released more for an order than it was sold for, and of no payment more than it took': `
    select v.id from app.vendor_order v where v.tenant_id = $1 and greatest(v.vendor_amount_minor, 0) < coalesce((
      select sum(r.amount_minor) from app.release r where r.tenant_id = $1 and r.vendor_order_id = v.id
        and r.state in ('pending', 'awaiting', 'succeeded')), 0) - coalesce((
      select sum(c.amount_minor) from app.clawback c where c.tenant_id = $1 and c.vendor_order_id = v.id and c.state = 'succeeded'), 0)
    union all
    select p.id from app.payment p where p.tenant_id = $1 and p.captured_minor < coalesce((
      select sum(r.amount_minor) from app.release r where r.tenant_id = $1 and r.payment_id = p.id and r.state in ('pending', 'succeeded')), 0)
      - coalesce((select sum(c.amount_minor) from app.clawback c join app.release r on r.tenant_id = $1 and r.id = c.release_id
        where c.tenant_id = $1 and r.payment_id = p.id and c.method = 'provider' and c.state = 'succeeded'), 0)`,
  'what was given up of vendors’ debts is what the books have lost': `
    select w.lost, b.booked from (select coalesce(sum(amount_minor), 0) as lost from app.clawback where tenant_id = $1 and method = 'write_off') w
    cross join (select coalesce(sum(s.amount_minor), 0) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id
      join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id and t.kind = 'write_off'
      where a.tenant_id = $1 and a.code = 'E:bad_debt') b where w.lost <> b.booked`,
  'what is reserved of vendors is what the books keep back': `
    select coalesce(h.vendor_id, b.vendor_id) as vendor, h.held, b.booked from (
      select vendor_id, currency_code, sum(amount_minor) as held from app.hold
      where tenant_id = $1 and reason = 'reserve' and lifted_at is null group by 1, 2) h
    full join (select a.party_id as vendor_id, a.currency_code, -sum(s.amount_minor) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id where a.tenant_id = $1 and a.code = 'L:reserve' group by 1, 2) b
      on b.vendor_id = h.vendor_id and b.currency_code = h.currency_code
    where coalesce(h.held, 0) <> coalesce(b.booked, 0)`,
  'what was refunded is what the refunds say, and no more than was captured': `
    select p.id, p.captured_minor, p.refunded_minor, k.refunded_minor as of_collection from app.payment p
    join app.payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
    where p.tenant_id = $1 and not (p.refunded_minor <= p.captured_minor and k.refunded_minor = p.refunded_minor and p.refunded_minor = coalesce((
      select sum(r.amount_minor) from app.refund r where r.tenant_id = $1 and r.payment_id = p.id and r.state = 'succeeded'), 0))`,
  'no line and no shipping is credited with more than it was sold for, nor any share of it': `
    select s.id from (
      select i.id, i.total_minor, i.tax_minor, coalesce(k.amount_minor, 0) - i.commission_returned_minor as commission_minor, i.store_discount_minor,
        i.platform_discount_minor from app.order_line_item i
      left join app.commission_line k on k.tenant_id = i.tenant_id and k.order_line_item_id = i.id where i.tenant_id = $1
      union all select m.id, m.total_minor, m.tax_minor, 0, m.store_discount_minor, m.platform_discount_minor from app.order_shipping_method m where m.tenant_id = $1) s
    join app.order_credit c on c.tenant_id = $1 and c.state <> 'void' and s.id in (c.order_line_item_id, c.order_shipping_method_id)
    group by s.id, s.total_minor, s.tax_minor, s.commission_minor, s.store_discount_minor, s.platform_discount_minor
    having sum(c.amount_minor) > s.total_minor or sum(c.tax_minor) > s.tax_minor or sum(c.commission_minor) > s.commission_minor
      or sum(c.store_discount_minor) > s.store_discount_minor or sum(c.platform_discount_minor) > s.platform_discount_minor
      or sum(c.vendor_amount_minor + c.commission_minor) > s.total_minor - s.tax_minor + s.store_discount_minor + s.platform_discount_minor
      or sum(c.vendor_amount_minor) > s.total_minor - s.tax_minor - s.commission_minor + s.store_discount_minor + s.platform_discount_minor
        -- Where the store kept its commission of what it gave back, the vendor gave more.
        and not (bool_or(c.commission_minor = 0 and c.vendor_amount_minor > 0) and exists (
          select 1 from app.audit_record w where w.tenant_id = $1 and w.after ->> 'commission_on_refund' = 'keep'))`,
  'the store keeps its commission, and owes its tax, of what was not given back': `
    select b.code, b.booked, b.sold from (
      select a.code, -sum(s.amount_minor) as booked,
        (select sum(case a.code when 'L:tax' then v.tax_total_minor else v.commission_minor end) from app.vendor_order v where v.tenant_id = $1)
        - coalesce((select sum(case a.code when 'L:tax' then c.tax_minor else c.commission_minor end) from app.order_credit c
            where c.tenant_id = $1 and c.state = 'booked'), 0) as sold
      from app.ledger_account a join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id
      join app.ledger_transaction t on t.tenant_id = $1 and t.id = s.transaction_id and t.kind <> 'commission_tax'
      where a.tenant_id = $1 and a.code in ('L:tax', 'R:commission') group by a.code) b where b.booked <> b.sold`,
  'a canceled order owes the platform nothing, and another its whole fee': `
    select f.order_id, f.booked, f.credited, o.canceled_at from (
      select coalesce(d.order_id, t.source) as order_id, -sum(s.amount_minor) filter (where t.kind = 'platform_fee') as booked,
        coalesce(sum(s.amount_minor) filter (where t.kind = 'platform_fee_credit'), 0) as credited
      from app.ledger_transaction t join app.ledger_posting s on s.tenant_id = $1 and s.transaction_id = t.id
      join app.ledger_account a on a.tenant_id = $1 and a.id = s.account_id and a.code = 'L:platform_fee'
      left join lateral (select w.order_id from app.ledger_posting q join app.ledger_account w on w.tenant_id = $1 and w.id = q.account_id
          and w.code = 'A:shopper' join app.ledger_transaction u on u.tenant_id = $1 and u.id = q.transaction_id and u.source = t.source
          and u.kind = 'sale' where q.tenant_id = $1 limit 1) d on true
      where t.tenant_id = $1 group by 1) f
    join app.orders o on o.tenant_id = $1 and o.id = f.order_id
    where f.credited <> case when o.canceled_at is null then 0 else f.booked end`,
  'the store owes the tax that its invoices say, less its credit notes’': `
    select w.said, b.booked from (
      select coalesce(sum(case kind when 'invoice' then tax_minor else -tax_minor end), 0) as said from app.invoice where tenant_id = $1) w
    cross join (select coalesce(-sum(s.amount_minor), 0) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id where a.tenant_id = $1 and a.code = 'L:commission_tax') b
    where w.said <> b.booked`,
  'the store and the platform pay for their discounts, of what was not given back': `
    select w.code, w.wanted, b.booked from (
      select 'E:promotion' as code, (select coalesce(sum(v.store_discount_minor), 0) from app.vendor_order v where v.tenant_id = $1)
        - (select coalesce(sum(c.store_discount_minor), 0) from app.order_credit c where c.tenant_id = $1 and c.state = 'booked') as wanted
      union all
      select 'A:platform', (select coalesce(sum(v.platform_discount_minor), 0) from app.vendor_order v where v.tenant_id = $1)
        - (select coalesce(sum(c.platform_discount_minor), 0) from app.order_credit c where c.tenant_id = $1 and c.state = 'booked')) w
    cross join lateral (select coalesce(sum(s.amount_minor), 0) as booked from app.ledger_account a
      join app.ledger_posting s on s.tenant_id = $1 and s.account_id = a.id where a.tenant_id = $1 and a.code = w.code) b
    where w.wanted <> b.booked`,
  'the discounts of lines and shipping sum to the vendor orders, by who pays for them': `
    select v.id from app.vendor_order v
    cross join lateral (select coalesce(sum(x.vendor_discount_minor), 0) as by_vendor, coalesce(sum(x.store_discount_minor), 0) as by_store,
        coalesce(sum(x.platform_discount_minor), 0) as by_platform from (
      select vendor_discount_minor, store_discount_minor, platform_discount_minor from app.order_line_item
        where tenant_id = $1 and vendor_order_id = v.id
      union all select vendor_discount_minor, store_discount_minor, platform_discount_minor from app.order_shipping_method
        where tenant_id = $1 and vendor_order_id = v.id) x) p
    where v.tenant_id = $1 and (v.vendor_discount_minor, v.store_discount_minor, v.platform_discount_minor)
      is distinct from (p.by_vendor::bigint, p.by_store::bigint, p.by_platform::bigint)`,
  'a line or shipping is discounted by what its adjustments say, each on its own vendor’s or everybody’s': `
    select s.id from (
      select id, vendor_id, adjustments, vendor_discount_minor + store_discount_minor + platform_discount_minor as discount
        from app.order_line_item where tenant_id = $1
      union all select id, vendor_id, adjustments, vendor_discount_minor + store_discount_minor + platform_discount_minor
        from app.order_shipping_method where tenant_id = $1) s
    where s.discount <> coalesce((select sum((a ->> 'subtotal_minor')::bigint) from jsonb_array_elements(s.adjustments) a), 0)
      or exists (select 1 from jsonb_array_elements(s.adjustments) a join app.promotion p on p.tenant_id = $1 and p.id = a ->> 'promotion_id'
        where p.vendor_id <> s.vendor_id)`,
  'a promotion was used as often as attempts hold a use of it, and no more than it may': `
    select p.id, p.used, p.usage_limit from app.promotion p where p.tenant_id = $1 and not (
      p.used <= coalesce(p.usage_limit, p.used)
      and p.used = (select count(*) from app.promotion_use u where u.tenant_id = $1 and u.promotion_id = p.id and u.state = 'taken'))`,
  'a budget of each customer was used by what that customer holds of it': `
    select c.campaign_id, c.attribute_value, c.used, c.spent_minor from app.campaign_use c where c.tenant_id = $1 and c.used + c.spent_minor <> coalesce((
      select sum(u.budget_used_minor) from app.promotion_use u where u.tenant_id = $1 and u.campaign_id = c.campaign_id
        and u.attribute_value = c.attribute_value and u.state = 'taken'), 0)`,
  'a budget was used by what attempts hold of it, and no further than it goes': `
    select k.id, k.budget_used_minor, k.budget_limit_minor from app.campaign k where k.tenant_id = $1 and not (
      (k.budget_attribute is not null or k.budget_used_minor <= coalesce(k.budget_limit_minor, k.budget_used_minor)) and k.budget_used_minor = coalesce((select sum(u.budget_used_minor) from app.promotion_use u
        where u.tenant_id = $1 and u.campaign_id = k.id and u.state = 'taken'), 0))`,
  'an attempt that failed holds no use, and every order holds one of each of its promotions': `
    select u.id from app.promotion_use u join app.checkout k on k.tenant_id = u.tenant_id and k.id = u.checkout_id
    where u.tenant_id = $1 and (u.state = 'taken') <> (k.state <> 'failed')
    union all
    select o.id from app.orders o cross join lateral jsonb_array_elements(o.promotions) p
    where o.tenant_id = $1 and not exists (select 1 from app.promotion_use u where u.tenant_id = $1 and u.order_id = o.id
      and u.promotion_id = p ->> 'id' and u.state = 'taken')`,
  'an account holds what its transactions say': `
    select a.id, a.balance_minor from app.store_credit_account a where a.tenant_id = $1 and a.balance_minor <> coalesce((
      select sum(case t.type when 'credit' then t.amount_minor else -t.amount_minor end) from app.store_credit_transaction t
      where t.tenant_id = $1 and t.account_id = a.id), 0)`,
  'the store owes what accounts hold, and what open attempts have taken of them': `
    select a.currency_code, sum(a.balance_minor) from app.store_credit_account a where a.tenant_id = $1 group by a.currency_code
    having sum(a.balance_minor) + coalesce((select sum(t.amount_minor) from app.store_credit_transaction t
        join app.checkout k on k.tenant_id = $1 and k.id = t.reference_id and k.state = 'open'
        where t.tenant_id = $1 and t.reference = 'checkout' and t.type = 'debit' and t.currency_code = a.currency_code), 0)
      <> -coalesce((select sum(s.amount_minor) from app.ledger_account l join app.ledger_posting s on s.tenant_id = $1 and s.account_id = l.id
        where l.tenant_id = $1 and l.code = 'L:credit' and l.currency_code = a.currency_code), 0)`,
  'an order was paid with the credit that its attempt took and that was not given back, and an attempt that failed holds none': `
    select k.id, k.state from app.checkout k left join app.orders o on o.tenant_id = $1 and o.cart_id = k.cart_id and k.state = 'completed'
    where k.tenant_id = $1 and k.state <> 'open' and not (
      coalesce((select sum(case t.type when 'debit' then t.amount_minor else -t.amount_minor end) from app.store_credit_transaction t
        where t.tenant_id = $1 and t.reference = 'checkout' and t.reference_id = k.id), 0)
        - coalesce((select sum(t.amount_minor) from app.store_credit_transaction t
          where t.tenant_id = $1 and t.reference = 'order' and t.reference_id = o.id), 0)
        = coalesce(o.credit_minor - o.credit_returned_minor, 0)
      and coalesce((select sum(l.amount_minor) from app.order_credit_line l where l.tenant_id = $1 and l.order_id = o.id), 0) = coalesce(o.credit_minor, 0))`,
  'orders are numbered without a gap': `
    select n.display_id from (select display_id, lag(display_id) over (order by display_id) as before from app.orders where tenant_id = $1) n
    where n.before is not null and n.display_id <> n.before + 1`,
}

/** What must be true as well once nothing runs any more. */
const atRest: Record<string, string> = {
  'no attempt is left open': `select id, cart_id from app.checkout where tenant_id = $1 and state = 'open'`,
  // What would resume an attempt that has failed waits for its hour, and finds nothing to do then.
  'no event is left undone': `
    select e.id, e.name, e.state, e.last_error from app.outbox_event e where e.tenant_id = $1 and e.state <> 'done'
      and not (e.name in ('payable.due', 'payment_session.check', 'payout_run.due', 'carts.outdated') and e.state = 'queued' and e.available_at > now())
      and not (e.name = 'checkout.opened' and e.state = 'queued' and e.available_at > now()
        and exists (select 1 from app.checkout k where k.tenant_id = $1 and k.id = e.payload ->> 'checkout_id' and k.state = 'failed'))`,
  'what is noted of a vendor order is what its releases say': `
    select p.vendor_order_id, p.released_minor from app.payable p where p.tenant_id = $1 and p.released_minor <> coalesce((
      select sum(r.amount_minor) from app.release r where r.tenant_id = $1 and r.vendor_order_id = p.vendor_order_id
        and (r.state in ('pending', 'succeeded') or r.state = 'awaiting' and r.payout_id is not null)), 0) - coalesce((
      select sum(c.amount_minor) from app.clawback c where c.tenant_id = $1 and c.vendor_order_id = p.vendor_order_id
        and c.state in ('pending', 'succeeded')), 0)`,
  'each order was confirmed once': `
    select o.id from app.orders o where o.tenant_id = $1 and (
      select count(*) from app.notification n where n.tenant_id = $1 and n.template = 'order-confirmation'
        and n.unique_key = 'order.placed:' || o.id and n.state = 'sent')
      <> case when exists (select 1 from app.draft_order d where d.tenant_id = $1 and d.id = o.id and d.no_notification) then 0 else 1 end`,
}

/** Names of what does not hold of a store's rows, with the first that breaks it; empty when all is well. */
export async function brokenInvariants(adminUrl: string, tenantId: string, options: { atRest: boolean }): Promise<string[]> {
  const broken: string[] = []
  for (const [name, text] of Object.entries(options.atRest ? { ...always, ...atRest } : always)) {
    const rows = await asAdmin(adminUrl, text, [tenantId])
    if (rows.length > 0) broken.push(`${name}: ${rows.length} rows, the first ${JSON.stringify(rows[0])}`)
  }
  return broken
}

/**
 * Deadlocks that the database has counted. A session reports what it met when it ends, so the application's idle ones
 * are ended first; its pool makes new ones when it next needs them.
 */
export async function deadlocksOf(adminUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'app_login' and state = 'idle'`,
      )
      if (rows.length === 0) break
      await pause(50)
    }
    const { rows } = await client.query<{ deadlocks: string }>('select deadlocks from pg_stat_database where datname = current_database()')
    return Number(rows[0]?.deadlocks)
  } finally {
    await client.end()
  }
}
