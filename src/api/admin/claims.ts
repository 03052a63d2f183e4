import { z } from 'zod'
import { changeClaimItem, claimItems } from '../../exchanges/index.js'
import { metadata, type Route, route } from '../../http/index.js'
import {
  actionOf,
  begin,
  claimNoun,
  claimReason,
  exchangeReads,
  exchangeSteps,
  fields,
  items,
  noted,
  quantity,
  step,
  unsaid,
  words,
} from './exchange-steps.js'
import { id, needWholeStore, text } from './shared.js'

const claimed = z.object({ id, quantity, reason: claimReason.optional(), ...words, metadata })
const ofItem = { action_id: 'claim_claimed' }

export const routes: Route[] = [
  ...exchangeReads(claimNoun),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/claims',
    summary: 'Begin a claim for goods that were wrong, broken or missing',
    access: 'returns:write',
    body: z.strictObject({ order_id: id, type: z.enum(['refund', 'replace']), ...words, ...unsaid }),
    fields,
    ids: { order_id: 'order', reason_id: 'external_id' },
    handle(request) {
      needWholeStore(request, 'returns:write')
      const { reason_id: _reason, ...input } = request.body
      return begin(request, claimNoun, input)
    },
  }),
  step(
    claimNoun,
    '/claim-items',
    'Choose what was wrong, broken or missing',
    { body: items(claimed), ids: { items: 'order_line_item' } },
    (request, claim) => {
      const wanted = request.body.items.map(({ description, internal_note, ...item }) => ({
        ...item,
        note: noted({ description, internal_note }),
      }))
      return claimItems(request.context, claim.id, wanted)
    },
  ),
  step(
    claimNoun,
    '/claim-items/:action_id',
    'Change what is claimed of an item',
    {
      body: z.strictObject({ quantity: quantity.optional(), reason: claimReason.optional(), internal_note: text.nullish(), ...unsaid }),
      ids: { ...ofItem, reason_id: 'external_id' },
    },
    (request, claim) =>
      changeClaimItem(request.context, claim.id, actionOf(request), {
        quantity: request.body.quantity,
        reason: request.body.reason,
        note: request.body.internal_note,
      }),
  ),
  step(claimNoun, '/claim-items/:action_id', 'Leave out an item that was claimed', { method: 'DELETE', ids: ofItem }, (request, claim) =>
    changeClaimItem(request.context, claim.id, actionOf(request), null),
  ),
  ...exchangeSteps(claimNoun),
]
