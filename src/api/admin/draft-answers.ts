import { type LoadedCart, loadCartsStatement } from '../../carts/index.js'
import { readPage, singlePage, tenantOf } from '../../db/index.js'
import { type DraftOrderFilter, listDraftOrdersStatement, previewEdit, renderDraftOrder, renderPreview } from '../../draft-orders/index.js'
import { StoaError } from '../../kernel/index.js'
import { picturesOf } from './order-answers.js'
import type { AnyRequest } from './shared.js'

type Wire = Record<string, unknown>

/** Draft orders of a page with their carts, in wire shape and whole. */
export async function wireDrafts(
  request: AnyRequest,
  filter: DraftOrderFilter,
): Promise<{ drafts: Wire[]; count: number; isEdited: boolean }> {
  const { context } = request
  const tenantId = tenantOf(context)
  const { rows, count } = await readPage(context, filter, (part) => listDraftOrdersStatement(tenantId, part))
  const carts = await context.db.read(
    context.scope,
    loadCartsStatement(
      tenantId,
      rows.map((row) => row.cart_id),
    ),
  )
  const drafts = rows.flatMap(({ count: _count, ...row }) => {
    const cart = carts.find((candidate) => candidate.id === row.cart_id)
    return cart === undefined ? [] : [renderDraftOrder(row, cart as LoadedCart, picturesOf(request))]
  })
  return { drafts, count, isEdited: rows.some((row) => row.edit !== null) }
}

const always = { from: null, before: null }
/** What narrows no list of drafts. */
export const everyDraft = { id: null, q: null, regionId: null, customerId: null, salesChannelId: null, created: always, updated: always }

/** One draft order in wire shape and whole; undefined for one that is an order now. */
export async function wireDraft(request: AnyRequest, id: string): Promise<Wire | undefined> {
  return (await wireDrafts(request, { ...everyDraft, ...singlePage, id: [id] })).drafts[0]
}

/** The same as its open edit would leave it. */
export async function previewDraft(request: AnyRequest, id: string): Promise<Wire | undefined> {
  const { drafts, isEdited } = await wireDrafts(request, { ...everyDraft, ...singlePage, id: [id] })
  if (drafts[0] === undefined || !isEdited) return drafts[0] && { ...drafts[0], order_change: null }
  return renderPreview(await previewEdit(request.context, id), picturesOf(request))
}

/**
 * What is asked of an order, or of the draft that it is not made of yet: Medusa's dashboard shows drafts by what it reads of orders.
 * @throws what reading the order throws where there is no draft either
 */
export async function orElseDraft<Answer>(ofOrder: () => Promise<Answer>, draftOf: () => Promise<Answer | undefined>): Promise<Answer> {
  try {
    return await ofOrder()
  } catch (failure) {
    const draft = failure instanceof StoaError && failure.type === 'not_found' ? await draftOf() : undefined
    if (draft === undefined) throw failure
    return draft
  }
}
