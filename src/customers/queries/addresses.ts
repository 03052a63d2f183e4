import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

/** An address that a customer keeps. Carts and orders hold copies: changing one changes no order. */
export interface AddressRow {
  id: string
  customer_id: string
  address_name: string | null
  is_default_shipping: boolean
  is_default_billing: boolean
  company: string | null
  first_name: string | null
  last_name: string | null
  address_1: string | null
  address_2: string | null
  city: string | null
  country_code: string | null
  province: string | null
  postal_code: string | null
  phone: string | null
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
}

const names = [
  'id',
  'customer_id',
  'address_name',
  'is_default_shipping',
  'is_default_billing',
  'company',
  'first_name',
  'last_name',
  'address_1',
  'address_2',
  'city',
  'country_code',
  'province',
  'postal_code',
  'phone',
  'metadata',
  'created_at',
  'updated_at',
]
const columns = names.map((name) => `a.${name}`).join(', ')

/** The addresses of customer `c`, for a select that has the tenant as $1. */
export const addressesJson = `coalesce((
  select json_agg(json_build_object(${names.map((name) => `'${name}', a.${name}`).join(', ')}) order by a.id)
  from customer_address a where a.tenant_id = $1 and a.customer_id = c.id), '[]')`

export function addressStatement(tenantId: string, customerId: string, id: string): Statement<AddressRow> {
  return statement(
    'customers.address',
    `select ${columns} from customer_address a where a.tenant_id = $1 and a.customer_id = $2 and a.id = $3`,
    [tenantId, customerId, id],
  )
}

const searched = ['address_name', 'company', 'first_name', 'last_name', 'address_1', 'address_2', 'city', 'province', 'postal_code'].map(
  (name) => `a.${name}`,
)

/** What a list of addresses is narrowed by; null does not narrow. */
export interface AddressFilter {
  city: readonly string[] | null
  company?: readonly string[] | null
  province?: readonly string[] | null
  countryCode: readonly string[] | null
  postalCode: readonly string[] | null
  /** As `wordPatterns` makes them. */
  q: readonly string[] | null
}

export function listAddressesStatement(
  tenantId: string,
  customerId: string,
  filter: AddressFilter,
  page: ListPage,
): Statement<AddressRow & { count: number }> {
  const order = orderBy('a', page.order)
  return statement(
    `customers.addresses.${order.name}`,
    `select ${columns}, count(*) over ()::int as count from customer_address a
     where a.tenant_id = $1 and a.customer_id = $2 and ($3::text[] is null or a.city = any($3))
       and ($4::text[] is null or a.country_code = any($4)) and ($5::text[] is null or a.postal_code = any($5))
       and ($9::text[] is null or a.company = any($9)) and ($10::text[] is null or a.province = any($10))
       and ${hasWords('$6', ...searched)}
     ${order.sql} limit $7 offset $8`,
    [
      tenantId,
      customerId,
      filter.city,
      filter.countryCode,
      filter.postalCode,
      filter.q,
      page.limit,
      page.offset,
      filter.company ?? null,
      filter.province ?? null,
    ],
  )
}
