import { type Address, changeInUnit, changeRoot, giveTo } from '../../carts/index.js'
import { customerEmailStatement, unknownCustomer } from '../../customers/index.js'
import { type Context, keptOpen, tenantOf } from '../../db/index.js'
import { lockDraftOrder } from '../locks.js'
import { saveEditStatement } from '../queries/write-draft-order.js'

export interface UpdateDraftOrderInput {
  email?: string | undefined
  customer_id?: string | undefined
  sales_channel_id?: string | undefined
  shipping_address?: Address | null | undefined
  billing_address?: Address | null | undefined
  locale?: string | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Changes whom a draft order is for and where it goes. Its promotions and taxes become those of now.
 * @throws as carts do; not_found for the draft order and the customer; invalid_data when it has become an order
 */
export async function updateDraftOrder(context: Context, id: string, input: UpdateDraftOrderInput): Promise<void> {
  await context.db.unitOfWork(context.scope, async (whole) => {
    const unit = keptOpen(whole)
    const tenantId = tenantOf(unit)
    const draft = await lockDraftOrder(unit, id)
    const { customer_id, ...rest } = input
    const [customer] = customer_id === undefined ? [] : await unit.run(customerEmailStatement(tenantId, customer_id))
    if (customer_id !== undefined && customer === undefined) throw unknownCustomer(customer_id)
    await changeInUnit(context, unit, draft.cart_id, { variantIds: [], isStaffs: true }, async (work) => {
      await changeRoot(work, rest)
      // Last: it writes the cart, to find the prices of its customer.
      const isOther = customer !== undefined && customer.id !== work.cart.customer_id
      if (isOther) await giveTo(work, { id: customer.id, email: rest.email ?? customer.email })
    })
    await unit.run(saveEditStatement(tenantId, id, draft.edit))
  })
}
