import { type Scope, type Statement, statement } from '../db/index.js'

/** What an id's prefix names, and how the log sees it. */
interface AuditedObject {
  type: string
  table: string
  /** Columns whose values are not the log's business: secrets, and what says who somebody is. */
  hidden?: readonly string[]
  /** SQL of what belongs to it and is kept in other tables, as `'name', json` pairs. `o` is its row. */
  parts?: string
  /** The vendor role may read it. */
  ofVendor?: true
  /** SQL of what it is before it has a row in its table, as `row`. $1 is the tenant, $2 the id. */
  earlier?: string
}

const personal = ['email', 'first_name', 'last_name', 'company_name', 'company', 'phone', 'address_1', 'address_2', 'city', 'postal_code']

const byId = (
  select: string,
) => `coalesce((select jsonb_object_agg(x.id, to_jsonb(x) - array['tenant_id', 'id', 'item_total_text', 'province_spellings', 'created_at', 'updated_at'])
    from (${select}) x), '{}')`
const pricesOf = (set: string) =>
  `'prices', ${byId(`select p.* from price p where p.tenant_id = $1 and p.price_set_id = ${set}`)} || ${byId(
    `select p.* from conditional_price p where p.tenant_id = $1 and p.price_set_id = ${set} and p.price_list_id is null`,
  )}`

const objects: Record<string, AuditedObject> = {
  prod: {
    type: 'product',
    table: 'product',
    hidden: ['search_text'],
    parts: `'variants', coalesce((select jsonb_object_agg(v.id, to_jsonb(v) - array['tenant_id', 'id', 'created_at', 'updated_at']
        || jsonb_build_object(${pricesOf('v.price_set_id')})) from product_variant v where v.tenant_id = $1 and v.product_id = o.id), '{}'),
      'categories', array(select c.product_category_id from product_category_product c where c.tenant_id = $1 and c.product_id = o.id order by 1),
      'tags', array(select c.product_tag_id from product_tag_product c where c.tenant_id = $1 and c.product_id = o.id order by 1),
      'sales_channels', array(select c.sales_channel_id from product_sales_channel c where c.tenant_id = $1 and c.product_id = o.id order by 1)`,
    ofVendor: true,
  },
  variant: { type: 'variant', table: 'product_variant', parts: pricesOf('o.price_set_id'), ofVendor: true },
  opt: { type: 'product_option', table: 'product_option', ofVendor: true },
  pcol: { type: 'collection', table: 'product_collection' },
  pcat: { type: 'product_category', table: 'product_category' },
  ptag: { type: 'product_tag', table: 'product_tag' },
  ptyp: { type: 'product_type', table: 'product_type' },
  plist: {
    type: 'price_list',
    table: 'price_list',
    parts: `'prices', ${byId('select p.* from conditional_price p where p.tenant_id = $1 and p.price_list_id = o.id order by p.id limit 1000')},
      'customer_groups', array(select g.customer_group_id from price_list_customer_group g where g.tenant_id = $1 and g.price_list_id = o.id order by 1)`,
  },
  promo: { type: 'promotion', table: 'promotion' },
  procamp: { type: 'campaign', table: 'campaign' },
  prpref: { type: 'price_preference', table: 'price_preference' },
  reg: {
    type: 'region',
    table: 'region',
    parts: `'countries', array(select c.iso_2 from region_country c where c.tenant_id = $1 and c.region_id = o.id order by 1),
      'payment_providers', array(select p.provider_id from region_payment_provider p
        where p.tenant_id = $1 and p.region_id = o.id and p.is_enabled order by 1)`,
  },
  txreg: { type: 'tax_region', table: 'tax_region', hidden: ['province_spellings'] },
  txr: { type: 'tax_rate', table: 'tax_rate' },
  sc: { type: 'sales_channel', table: 'sales_channel' },
  store: { type: 'store', table: 'store' },
  // A store as the platform names it: what the platform holds of what it is paid.
  ten: {
    type: 'tenant',
    table: 'store',
    earlier: `(select jsonb_build_object('payouts_held_reason', y.held_reason) as row from payee y
      where y.tenant_id = $1 and y.vendor_id is null and y.replaced_at is null order by y.created_at desc, y.id desc limit 1)`,
  },
  apk: { type: 'api_key', table: 'api_key', hidden: ['token', 'token_hash', 'last_used_at'] },
  role: { type: 'role', table: 'role' },
  invite: { type: 'invite', table: 'invite', hidden: ['token_hash', 'email'] },
  user: {
    type: 'user',
    table: 'store_user',
    hidden: personal,
    parts: `'roles', array(select g.role_id from role_grant g where g.tenant_id = $1 and g.subject_type = 'user' and g.subject_id = o.id order by 1)`,
  },
  cus: { type: 'customer', table: 'customer', hidden: personal },
  cuaddr: { type: 'customer_address', table: 'customer_address', hidden: personal },
  cusgroup: {
    type: 'customer_group',
    table: 'customer_group',
    parts: `'customers', array(select c.customer_id from customer_group_customer c where c.tenant_id = $1 and c.customer_group_id = o.id order by 1 limit 1000)`,
  },
  vend: { type: 'vendor', table: 'vendor', ofVendor: true },
  vmem: {
    type: 'vendor_member',
    table: 'vendor_member',
    hidden: personal,
    parts: `'roles', array(select g.role_id from role_grant g where g.tenant_id = $1 and g.subject_type = 'member' and g.subject_id = o.id order by 1)`,
  },
  vapp: { type: 'vendor_application', table: 'vendor_application', hidden: [...personal, 'address', 'documents', 'message'] },
  comr: { type: 'commission_rule', table: 'commission_rule' },
  sloc: {
    type: 'stock_location',
    table: 'stock_location',
    parts: `'sales_channels', array(select c.sales_channel_id from sales_channel_location c where c.tenant_id = $1 and c.stock_location_id = o.id order by 1)`,
    ofVendor: true,
  },
  fuset: { type: 'fulfillment_set', table: 'fulfillment_set', ofVendor: true },
  serzo: {
    type: 'service_zone',
    table: 'service_zone',
    parts: `'geo_zones', ${byId('select g.* from geo_zone g where g.tenant_id = $1 and g.service_zone_id = o.id')}`,
    ofVendor: true,
  },
  sp: { type: 'shipping_profile', table: 'shipping_profile', ofVendor: true },
  so: { type: 'shipping_option', table: 'shipping_option', parts: pricesOf('o.price_set_id'), ofVendor: true },
  sotype: { type: 'shipping_option_type', table: 'shipping_option_type', ofVendor: true },
  iitem: {
    type: 'inventory_item',
    table: 'inventory_item',
    parts: `'levels', ${byId('select l.* from inventory_level l where l.tenant_id = $1 and l.inventory_item_id = o.id')}`,
    ofVendor: true,
  },
  resitem: { type: 'reservation', table: 'reservation', ofVendor: true },
  order: {
    type: 'order',
    table: 'orders',
    hidden: ['email', 'shipping_address', 'billing_address'],
    // A draft order: what staff put into its cart, at what prices.
    earlier: `select jsonb_build_object('status', 'draft', 'edit', d.edit, 'no_notification', d.no_notification, 'customer_id', c.customer_id,
        'sales_channel_id', c.sales_channel_id, 'promo_codes', c.promo_codes, 'metadata', c.metadata,
        'lines', ${byId(`select i.id, i.vendor_id, i.variant_id, i.title, i.quantity, i.unit_price_minor, i.is_custom_price from cart_line_item i
          where i.tenant_id = $1 and i.cart_id = c.id order by i.id limit 1000`)},
        'shipping_methods', ${byId(`select m.id, m.shipping_option_id, m.amount_minor, m.is_custom_amount from cart_shipping_method m
          where m.tenant_id = $1 and m.cart_id = c.id order by m.id limit 1000`)}) as row
      from draft_order d join cart c on c.tenant_id = d.tenant_id and c.id = d.cart_id
      where d.tenant_id = $1 and d.id = $2 and c.order_id is null`,
  },
  vord: { type: 'vendor_order', table: 'vendor_order', hidden: ['email', 'shipping_address'], ofVendor: true },
  ordch: { type: 'order_edit', table: 'order_edit' },
  claim: { type: 'claim', table: 'order_exchange' },
  oexc: { type: 'exchange', table: 'order_exchange' },
  return: { type: 'return', table: 'order_return' },
  pay_col: { type: 'payment_collection', table: 'payment_collection' },
  pay: { type: 'payment', table: 'payment', hidden: ['data'] },
  pacct: { type: 'payment_account', table: 'payment_account', hidden: ['credentials', 'hook_token_hash'] },
  disp: { type: 'dispute', table: 'dispute' },
  gcard: { type: 'gift_card', table: 'gift_card', hidden: ['code_hash', 'code_sealed', 'last_characters'] },
  sca: { type: 'store_credit_account', table: 'store_credit_account' },
  rr: { type: 'return_reason', table: 'return_reason' },
  refr: { type: 'refund_reason', table: 'refund_reason' },
  prorev: { type: 'product_review', table: 'product_review', ofVendor: true },
  rev: { type: 'review', table: 'review', hidden: ['title', 'content', 'author_name'], ofVendor: true },
  payee: { type: 'payee', table: 'payee', ofVendor: true },
  hold: { type: 'hold', table: 'hold' },
  rel: { type: 'release', table: 'release', ofVendor: true },
  pout: { type: 'payout', table: 'payout', ofVendor: true },
  imp: { type: 'import', table: 'import_job', hidden: ['content'], ofVendor: true },
  impfile: { type: 'import_file', table: 'import_file', hidden: ['content'] },
  exp: { type: 'export', table: 'export_job' },
  whk: {
    type: 'webhook',
    table: 'webhook_endpoint',
    hidden: ['secret_sealed', 'previous_secret_sealed', 'failures', 'busy_until'],
    ofVendor: true,
  },
  whd: { type: 'webhook_delivery', table: 'webhook_delivery', hidden: ['payload', 'response_body'], ofVendor: true },
}

/** What the log names and keeps no row of. */
const otherTypes: Record<string, string> = {
  dom: 'domain',
  plan: 'plan',
  evt: 'job',
  ful: 'fulfillment',
  ordli: 'line_item',
  claitem: 'claim_item',
  ordchact: 'order_edit_action',
  price: 'price',
  trans: 'translation',
  inv: 'invoice',
}

/** What an id names by its prefix: for a prefix that the log does not know, the prefix itself. */
export function objectTypeOf(id: string): string {
  const prefix = prefixOf(id)
  return objects[prefix]?.type ?? otherTypes[prefix] ?? prefix
}

const prefixOf = (id: string) => id.slice(0, Math.max(id.lastIndexOf('_'), 0))

/** The row that an id names, as the log keeps it; undefined for what the scope cannot read or the log keeps no row of. */
export function auditedRowStatement(scope: Scope, id: string): Statement<{ row: Record<string, unknown> }> | undefined {
  const prefix = prefixOf(id)
  const object = objects[prefix]
  if (object === undefined || scope.tenantId === undefined || (scope.role === 'vendor' && object.ofVendor !== true)) return undefined
  const left = ['tenant_id', 'id', 'created_at', 'updated_at', ...(object.hidden ?? [])].map((name) => `'${name}'`).join(', ')
  const parts = object.parts === undefined ? '' : ` || jsonb_build_object(${object.parts})`
  return statement(
    `audit.${prefix}`,
    `select to_jsonb(o) - array[${left}]${parts} as row from ${object.table} o where o.tenant_id = $1 and o.id = $2${
      object.earlier === undefined ? '' : ` union all ${object.earlier}`
    }`,
    [scope.tenantId, id],
  )
}
