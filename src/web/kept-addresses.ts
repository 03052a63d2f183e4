import type { Address, Customer } from './answers.js'
import { addressOfTyped, type TypedAddress } from './parts/address-fields.js'
import type { Visit } from './visit.js'

/** @param fields more than the usual ones */
export async function readCustomer({ api }: Visit, fields?: string): Promise<Customer> {
  const query = fields === undefined ? {} : { fields }
  return (await api.get<{ customer: Customer }>('/store/customers/me', { query })).customer
}

/** The address among those kept that says the same. */
export function sameAddress(addresses: readonly Address[], typed: TypedAddress): Address | undefined {
  const wanted = Object.entries(addressOfTyped(typed)) as [keyof Address, string | null][]
  return addresses.find((address) => wanted.every(([name, value]) => (address[name] ?? null) === value))
}

/** Keeps an address with the account: once, however often it is sent. The first is the one that is proposed. */
export async function keepAddress(visit: Visit, typed: TypedAddress): Promise<void> {
  const { addresses } = await readCustomer(visit)
  if (sameAddress(addresses, typed) !== undefined) return
  const first = addresses.length === 0
  const body = { ...addressOfTyped(typed), is_default_shipping: first, is_default_billing: first }
  await visit.api.post('/store/customers/me/addresses', { body })
}
