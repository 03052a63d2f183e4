import { type Address, changeInUnit, chooseMethods, createInUnit, putLines, type PutLine } from '../../carts/index.js'
import { addressStatement, customerEmailStatement, unknownAddress, unknownCustomer } from '../../customers/index.js'
import { type Context, keptOpen, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId } from '../../kernel/index.js'
import { insertDraftOrderStatement } from '../queries/write-draft-order.js'
import { withSellers } from '../sellers.js'

/** An address, or the id of one that the customer keeps. */
type GivenAddress = Address | string | null | undefined

export interface CreateDraftOrderInput {
  region_id: string
  email?: string | null | undefined
  customer_id?: string | null | undefined
  sales_channel_id?: string | null | undefined
  currency_code?: string | null | undefined
  locale?: string | null | undefined
  shipping_address?: GivenAddress
  billing_address?: GivenAddress
  promo_codes?: readonly string[] | undefined
  items?: readonly PutLine[] | undefined
  shipping_methods?: readonly { shipping_option_id: string; custom_amount?: number | null | undefined }[] | undefined
  no_notification_order?: boolean | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Puts an order together that is sold later: a cart with an order's id set aside, whole or not at all.
 * @returns the id, which the order will have
 * @throws as carts do; invalid_data without e-mail and customer; not_found for a customer, address, region or vendor
 */
export function createDraftOrder(context: Context, input: CreateDraftOrderInput): Promise<string> {
  return context.db.unitOfWork(context.scope, async (whole) => {
    const unit = keptOpen(whole)
    const tenantId = tenantOf(unit)
    const customer = await customerOf(unit, input)
    const cart = await createInUnit(context, unit, {
      region_id: input.region_id,
      currency_code: input.currency_code ?? undefined,
      sales_channel_id: input.sales_channel_id ?? null,
      email: input.email ?? customer?.email,
      customer: customer === undefined ? undefined : { id: customer.id },
      locale: input.locale,
      shipping_address: await addressOf(unit, customer?.id, input.shipping_address),
      billing_address: await addressOf(unit, customer?.id, input.billing_address),
      promo_codes: input.promo_codes,
      metadata: input.metadata,
    })
    const items = await withSellers(unit, input.items ?? [])
    if (items.length > 0) {
      const variantIds = items.flatMap((item) => item.variant_id ?? [])
      await changeInUnit(context, unit, cart.id, { variantIds }, (work) => putLines(work, items))
    }
    const methods = (input.shipping_methods ?? []).map(({ shipping_option_id, ...method }) => ({
      option_id: shipping_option_id,
      ...method,
    }))
    if (methods.length > 0) await changeInUnit(context, unit, cart.id, {}, (work) => chooseMethods(work, methods))
    const id = newId('order')
    await unit.run(
      insertDraftOrderStatement(tenantId, {
        id,
        cart_id: cart.id,
        no_notification: input.no_notification_order === true,
        created_by: context.actorId,
      }),
    )
    return id
  })
}

async function customerOf(unit: Unit, { customer_id, email }: CreateDraftOrderInput) {
  if (customer_id == null) {
    if (email == null) throw invalidData('Either email or customer_id must be provided')
    return undefined
  }
  const [customer] = await unit.run(customerEmailStatement(tenantOf(unit), customer_id))
  if (customer === undefined) throw unknownCustomer(customer_id)
  return customer
}

async function addressOf(unit: Unit, customerId: string | undefined, given: GivenAddress): Promise<Address | null | undefined> {
  if (typeof given !== 'string') return given
  const [saved] = customerId === undefined ? [] : await unit.run(addressStatement(tenantOf(unit), customerId, given))
  if (saved === undefined) throw unknownAddress(given)
  return saved
}
