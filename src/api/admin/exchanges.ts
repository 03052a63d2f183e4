import { z } from 'zod'
import { metadata, type Route, route } from '../../http/index.js'
import { begin, exchangeNoun, exchangeReads, exchangeSteps, fields, words } from './exchange-steps.js'
import { id, needWholeStore } from './shared.js'

export const routes: Route[] = [
  ...exchangeReads(exchangeNoun),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/exchanges',
    summary: 'Begin an exchange; what comes back and what is sent is chosen next',
    access: 'returns:write',
    body: z.strictObject({ order_id: id, ...words, metadata }),
    fields,
    ids: { order_id: 'order' },
    handle(request) {
      needWholeStore(request, 'returns:write')
      return begin(request, exchangeNoun, { ...request.body, type: 'exchange' })
    },
  }),
  ...exchangeSteps(exchangeNoun),
]
