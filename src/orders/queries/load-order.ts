import type { Address } from '../../carts/index.js'
import { hasWords, type ListPage, orderBy, type Statement, statement, wordPatterns } from '../../db/index.js'
import { piecesBeforeSql } from '../../payments/index.js'
import type { AppliedPromotion } from '../../promotions/index.js'
import { type FulfillmentRow, fulfillmentsJson, linesJson, methodsJson, type OrderLineRow, type OrderMethodRow } from './order-parts.js'

export interface PaymentRow {
  id: string
  provider_id: string
  currency_code: string
  amount_minor: number
  captured_minor: number
  refunded_minor: number
  payment_session_id: string
  data: Record<string, unknown>
  captured_at: string | null
  canceled_at: string | null
  created_at: string
  updated_at: string
  captures: { id: string; amount_minor: number; created_by: string | null; created_at: string }[]
  refunds: {
    id: string
    amount_minor: number
    note: string | null
    refund_reason_id: string | null
    refund_reason: object | null
    created_by: string | null
    created_at: string
  }[]
}

export interface OrderCollectionRow {
  id: string
  currency_code: string
  amount_minor: number
  authorized_minor: number
  captured_minor: number
  refunded_minor: number
  status: string
  completed_at: string | null
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  payments: PaymentRow[]
  payment_sessions: {
    id: string
    provider_id: string
    currency_code: string
    amount_minor: number
    status: string
    authorized_at: string | null
  }[]
  payment_providers: string[]
}

/** One vendor's part of an order. Its lines and methods are among the order's, by `vendor_order_id`. */
export interface OrderPartRow {
  id: string
  display_id: string
  status: 'pending' | 'completed' | 'canceled'
  currency_code: string
  total_minor: number
  commission_minor: number
  vendor_amount_minor: number
  /** Discounts without tax, by who pays for them. */
  vendor_discount_minor: number
  store_discount_minor: number
  platform_discount_minor: number
  /** What was given back or credited of it, and who gave it up. */
  credited_minor: number
  credited_vendor_minor: number
  credited_commission_minor: number
  paid_at: string | null
  canceled_at: string | null
  created_at: string
  updated_at: string
  vendor: { id: string; name: string; handle: string }
}

/** Goods that come back, and how they are sent. */
export interface ReturnOfOrder {
  id: string
  exchange_id: string | null
  created_at: string
  shipping_option_id: string | null
  shipping_name: string | null
  shipping_minor: number
  /** With how many pieces of their lines earlier returns took. */
  items: { line_id: string; quantity: number; before: number }[]
}

/** What an order was credited with at once: by a refund, an exchange or claim, or a dispute; else as store credit, or when it was canceled. */
export interface OrderCredit {
  id: string
  refund_id: string | null
  exchange_id: string | null
  dispute_id: string | null
  /** Where staff gave it by itself, with what they say of it. */
  credit_line_id: string | null
  reference: string | null
  reference_id: string | null
  metadata: object | null
  amount_minor: number
  created_at: string
}

/** Store credit that staff gave because more was owed to the shopper, and what they say of it. */
export interface CreditGiven {
  id: string
  amount_minor: number
  reference: string
  reference_id: string
  metadata: object | null
  created_at: string
}

/** An entry of the history, with what an edit, exchange or claim made the order come to more, below nothing for less. */
export interface LastChange {
  change_type: string
  return_id: string | null
  difference_minor: number | null
  actions: { reference_id?: string; details?: { quantity?: number; damaged_quantity?: number } }[]
  created_at: string
}

/** An order with everything that its answers show. */
export interface LoadedOrder {
  id: string
  display_id: number
  cart_id: string
  status: string
  region_id: string
  customer_id: string | null
  sales_channel_id: string
  email: string | null
  currency_code: string
  locale: string | null
  version: number
  shipping_address: Address | null
  billing_address: Address | null
  total_minor: bigint
  tax_total_minor: bigint
  /** What gift cards and store credit paid, and what was given back as store credit. */
  credit_minor: bigint
  credit_returned_minor: bigint
  /** Of that, what staff named. */
  credits_given: CreditGiven[]
  metadata: Record<string, unknown> | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  customer: {
    id: string
    email: string
    first_name: string | null
    last_name: string | null
    company_name: string | null
    phone: string | null
    has_account: boolean
  } | null
  /** How many pieces of which lines were claimed. */
  claimed: Record<string, number>
  returns: ReturnOfOrder[]
  credits: OrderCredit[]
  last_changes: LastChange[]
  lines: OrderLineRow[]
  methods: OrderMethodRow[]
  fulfillments: FulfillmentRow[]
  collections: OrderCollectionRow[]
  parts: OrderPartRow[]
  credit_lines: { id: string; account_id: string; gift_card_id: string | null; amount_minor: number; created_at: string }[]
  /** As they were when the order was placed. */
  promotions: AppliedPromotion[]
}

const creditOfPart = (column: string) => `coalesce((select sum(oc.${column}) from order_credit oc
      where oc.tenant_id = $1 and oc.vendor_order_id = v.id and oc.state = 'booked'), 0)`
const creditsOfPart = `
    'credited_minor', ${creditOfPart('amount_minor')}, 'credited_vendor_minor', ${creditOfPart('vendor_amount_minor')},
    'credited_commission_minor', ${creditOfPart('commission_minor')}`

const partsJson = `coalesce((
  select json_agg(json_build_object('id', v.id, 'display_id', v.display_id, 'status', v.status,
    'currency_code', v.currency_code, 'total_minor', v.total_minor, 'commission_minor', v.commission_minor,
    'vendor_amount_minor', v.vendor_amount_minor, 'vendor_discount_minor', v.vendor_discount_minor,
    'store_discount_minor', v.store_discount_minor, 'platform_discount_minor', v.platform_discount_minor, ${creditsOfPart}, 'paid_at', v.paid_at, 'canceled_at', v.canceled_at,
    'created_at', v.created_at, 'updated_at', v.updated_at,
    'vendor', (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle) from vendor d
               where d.tenant_id = $1 and d.id = v.vendor_id)) order by v.id)
  from vendor_order v where v.tenant_id = $1 and v.order_id = o.id), '[]')`

/** Without what only the paying browser should know: a session's data, and the secret in a payment's. */
const collectionsJson = `coalesce((
  select json_agg(json_build_object('id', k.id, 'currency_code', k.currency_code, 'amount_minor', k.amount_minor,
    'authorized_minor', k.authorized_minor, 'captured_minor', k.captured_minor, 'refunded_minor', k.refunded_minor,
    'status', k.status, 'completed_at', k.completed_at, 'metadata', k.metadata, 'created_at', k.created_at,
    'updated_at', k.updated_at,
    'payments', coalesce((select json_agg(json_build_object('id', p.id, 'provider_id', p.provider_id,
        'currency_code', p.currency_code, 'amount_minor', p.amount_minor, 'captured_minor', p.captured_minor,
        'refunded_minor', p.refunded_minor, 'payment_session_id', p.payment_session_id, 'data', p.data - 'client_secret',
        'captured_at', p.captured_at, 'canceled_at', p.canceled_at, 'created_at', p.created_at, 'updated_at', p.updated_at,
        'captures', coalesce((select json_agg(json_build_object('id', t.id, 'amount_minor', t.amount_minor,
            'created_by', t.created_by, 'created_at', t.created_at) order by t.id)
          from capture t where t.tenant_id = $1 and t.payment_id = p.id), '[]'),
        'refunds', coalesce((select json_agg(json_build_object('id', rf.id, 'amount_minor', rf.amount_minor, 'note', rf.note,
            'refund_reason_id', rf.refund_reason_id,
            'refund_reason', (select json_build_object('id', fr.id, 'label', fr.label, 'code', fr.code, 'description', fr.description)
              from refund_reason fr where fr.tenant_id = $1 and fr.id = rf.refund_reason_id), 'created_by', rf.created_by, 'created_at', rf.created_at) order by rf.id)
          from refund rf where rf.tenant_id = $1 and rf.payment_id = p.id and rf.state = 'succeeded'), '[]')) order by p.id)
      from payment p where p.tenant_id = $1 and p.payment_collection_id = k.id), '[]'),
    'payment_sessions', coalesce((select json_agg(json_build_object('id', s.id, 'provider_id', s.provider_id,
        'currency_code', s.currency_code, 'amount_minor', s.amount_minor, 'status', s.status,
        'authorized_at', s.authorized_at) order by s.id)
      from payment_session s where s.tenant_id = $1 and s.payment_collection_id = k.id and s.status <> 'canceled'), '[]'),
    'payment_providers', array(select distinct s.provider_id from payment_session s
      where s.tenant_id = $1 and s.payment_collection_id = k.id order by s.provider_id)) order by k.id)
  from payment_collection k where k.tenant_id = $1 and k.order_id = o.id), '[]')`

/** Returns that were requested and not called off: their goods are on their way back, or have come. */
const returnsJson = `coalesce((
  select json_agg(json_build_object('id', r.id, 'exchange_id', r.exchange_id, 'created_at', r.created_at,
    'shipping_option_id', r.shipping_option_id, 'shipping_name', r.shipping_name, 'shipping_minor', r.shipping_minor,
    'items', coalesce((select json_agg(json_build_object('line_id', i.order_line_item_id, 'quantity', i.quantity, 'before', ${piecesBeforeSql}) order by i.id)
      from order_return_item i where i.tenant_id = $1 and i.return_id = r.id), '[]')) order by r.id)
  from order_return r where r.tenant_id = $1 and r.order_id = o.id
    and r.status in ('requested', 'partially_received', 'received')), '[]')`

/** SQL: what an order `o` was credited with, by what it was for. */
export const creditsSql = `
    select min(x.id) as id, x.refund_id, x.exchange_id, x.dispute_id, x.credit_line_id, x.reference, x.reference_id, (array_agg(x.metadata))[1] as metadata,
           sum(x.amount_minor) as amount_minor, min(x.created_at) as created_at
    from order_credit x where x.tenant_id = $1 and x.order_id = o.id and x.state = 'booked'
    group by x.refund_id, x.exchange_id, x.dispute_id, x.credit_line_id, x.reference, x.reference_id,
      -- What was given as store credit goes by no name: each time is one.
      case when num_nonnulls(x.refund_id, x.exchange_id, x.dispute_id, x.credit_line_id) = 0 then x.created_at end`
const creditsJson = `coalesce((select json_agg(c order by c.created_at) from (${creditsSql}) c), '[]')`

/** The last change of what the order holds: one transaction may have written several entries of the history. */
const lastChangesJson = `coalesce((
  select json_agg(json_build_object('change_type', h.change_type, 'return_id', h.return_id, 'difference_minor', h.difference_minor,
    'actions', h.actions, 'created_at', h.created_at))
  from order_change h where h.tenant_id = $1 and h.order_id = o.id and h.change_type <> 'update_order'
    and h.created_at = (select max(l.created_at) from order_change l
      where l.tenant_id = $1 and l.order_id = o.id and l.change_type <> 'update_order')), '[]')`

/** Pieces of the order's lines that claims wrote off. */
const claimedSql = `coalesce((
  select json_object_agg(c.line_id, c.pieces) from (
    select ci.order_line_item_id as line_id, sum(ci.quantity) as pieces from order_exchange x
    join order_claim_item ci on ci.tenant_id = x.tenant_id and ci.exchange_id = x.id
    where x.tenant_id = $1 and x.order_id = o.id and x.status = 'requested' group by 1) c), '{}')`

const orderColumns = `
  o.id, o.display_id, o.cart_id, o.status, o.region_id, o.customer_id, o.sales_channel_id, o.email, o.currency_code,
  o.locale, o.version, o.shipping_address, o.billing_address, o.total_minor, o.tax_total_minor, o.credit_minor,
  o.credit_returned_minor, o.credits_given, ${returnsJson} as returns, ${creditsJson} as credits, ${lastChangesJson} as last_changes,
  ${claimedSql} as claimed, o.metadata,
  o.canceled_at, o.created_at, o.updated_at, o.promotions,
  (select json_build_object('id', u.id, 'email', u.email, 'first_name', u.first_name, 'last_name', u.last_name,
     'company_name', u.company_name, 'phone', u.phone, 'has_account', u.has_account)
   from customer u where u.tenant_id = $1 and u.id = o.customer_id) as customer,
  coalesce((select json_agg(json_build_object('id', cl.id, 'account_id', cl.account_id, 'gift_card_id', cl.gift_card_id,
      'amount_minor', cl.amount_minor, 'created_at', cl.created_at) order by cl.id)
    from order_credit_line cl where cl.tenant_id = $1 and cl.order_id = o.id), '[]') as credit_lines,
  ${linesJson('i.order_id = o.id')} as lines, ${methodsJson('m.order_id = o.id')} as methods,
  ${fulfillmentsJson('f.order_id = o.id')} as fulfillments, ${collectionsJson} as collections, ${partsJson} as parts`

/** The whole order, every vendor's part of it included, in one statement. */
export function loadOrderStatement(tenantId: string, orderId: string): Statement<LoadedOrder> {
  return statement('orders.load', `select ${orderColumns} from orders o where o.tenant_id = $1 and o.id = $2`, [tenantId, orderId])
}

/** What a list of orders can be ordered by. */
export const orderOrders = ['created_at', 'updated_at', 'display_id', 'id'] as const

/** What a list of orders is narrowed by; null does not narrow. */
export interface OrderFilter extends ListPage {
  id: readonly string[] | null
  status: readonly string[] | null
  customerId: string | readonly string[] | null
  salesChannelId: readonly string[] | null
  /** Orders with a part of this vendor. */
  vendorId: string | null
  /** The order's number, or words of the e-mail, of who bought it or of whom it goes to. */
  q: string | null
  regionId?: readonly string[] | null
  created?: Period
  updated?: Period
  /** Only orders behind this id: where a list in the order of ids goes on. */
  after?: string | null
}

/** From a moment on, and before another one. */
export interface Period {
  from: Date | null
  before: Date | null
}

/** What people know an order by, besides its number. */
const searched = [
  'o.email',
  ...['shipping_address', 'billing_address'].flatMap((address) => ['first_name', 'last_name'].map((name) => `o.${address} ->> '${name}'`)),
  `(select concat_ws(' ', u.first_name, u.last_name) from customer u where u.tenant_id = $1 and u.id = o.customer_id)`,
]

/** A page of orders, each whole. The page is chosen first, so that only its orders are read. */
export function listOrdersStatement(tenantId: string, filter: OrderFilter): Statement<LoadedOrder & { count: number }> {
  const order = orderBy('o', filter.order)
  return statement(
    `orders.list:${order.name}`,
    `select ${orderColumns}, o.count from (
       select o.*, count(*) over ()::int as count from orders o
       where o.tenant_id = $1 and ($2::text[] is null or o.id = any($2)) and ($3::text[] is null or o.status = any($3))
         and ($4::text[] is null or o.customer_id = any($4)) and ($5::text[] is null or o.sales_channel_id = any($5))
         and ($6::text is null or exists (select 1 from vendor_order v
              where v.tenant_id = $1 and v.order_id = o.id and v.vendor_id = $6))
         and (o.display_id::text = $16
           or (o.display_id::text = split_part($16, '-', 1) and exists (select 1 from vendor_order v
                where v.tenant_id = $1 and v.order_id = o.id and v.display_id = $16))
           or ${hasWords('$7', ...searched)})
         and ($10::text[] is null or o.region_id = any($10))
         and ($11::timestamptz is null or o.created_at >= $11) and ($12::timestamptz is null or o.created_at < $12)
         and ($13::timestamptz is null or o.updated_at >= $13) and ($14::timestamptz is null or o.updated_at < $14)
         and ($15::text is null or o.id > $15)
       ${order.sql} limit $8 offset $9) o
     ${order.sql}`,
    [
      tenantId,
      filter.id,
      filter.status,
      filter.customerId === null ? null : [filter.customerId].flat(),
      filter.salesChannelId,
      filter.vendorId,
      wordPatterns(filter.q ?? undefined),
      filter.limit,
      filter.offset,
      filter.regionId ?? null,
      filter.created?.from ?? null,
      filter.created?.before ?? null,
      filter.updated?.from ?? null,
      filter.updated?.before ?? null,
      filter.after ?? null,
      filter.q?.trim().replace(/^#/, '') ?? null,
    ],
  )
}

/** The channel and the region that orders were sold in. */
export function whereOrdersWereSoldStatement(
  tenantId: string,
  orderIds: readonly string[],
): Statement<{ id: string; sales_channel: object | null; region: object | null }> {
  return statement(
    'orders.where_sold',
    `select o.id,
            (select json_build_object('id', c.id, 'name', c.name, 'description', c.description, 'is_disabled', c.is_disabled,
               'metadata', c.metadata, 'created_at', c.created_at, 'updated_at', c.updated_at)
             from sales_channel c where c.tenant_id = $1 and c.id = o.sales_channel_id) as sales_channel,
            (select json_build_object('id', r.id, 'name', r.name, 'currency_code', r.currency_code,
               'automatic_taxes', r.automatic_taxes, 'metadata', r.metadata, 'created_at', r.created_at, 'updated_at', r.updated_at)
             from region r where r.tenant_id = $1 and r.id = o.region_id) as region
     from orders o where o.tenant_id = $1 and o.id = any($2)`,
    [tenantId, orderIds],
  )
}
