import { z } from 'zod'
import { reachOf } from '../access/index.js'
import { type ListPage, readPage, singlePage } from '../db/index.js'
import { type WebhookTypeName, webhookTypeNames, webhookTypes } from '../events/index.js'
import { type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../http/index.js'
import { forbidden, limits, notFound } from '../kernel/index.js'
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  deliveriesStatement,
  replayDelivery,
  rotateSecret,
  testWebhook,
  webhookReach,
  webhooksStatement,
  webhookUrl,
} from '../webhooks/index.js'

type AnyRequest = RequestContext<unknown, unknown>
type Surface = 'admin' | 'vendor'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'url',
    'description',
    'event_types',
    'state',
    'disabled_reason',
    'failing_since',
    'previous_secret_until',
    'created_by',
    'created_at',
    'updated_at',
  ],
}
const deliveryFields: FieldsPolicy = {
  defaults: [
    'id',
    'event_type',
    'payload',
    'state',
    'attempts',
    'next_attempt_at',
    'response_status',
    'response_body',
    'error',
    'duration_ms',
    'delivered_at',
    'created_at',
  ],
}

/** A vendor is told of what concerns its vendor orders; a dispute does not. */
const typesOf = (surface: Surface): WebhookTypeName[] =>
  webhookTypeNames.filter((type) => surface === 'admin' || webhookTypes[type].toVendors)

/** A grant on some vendors says nothing of the store's webhooks. Throws forbidden. */
function guard(request: AnyRequest, permission: 'webhooks:read' | 'webhooks:write'): void {
  if (request.context.scope.role === 'vendor' || reachOf(request.ability, permission).all) return
  throw forbidden(`This needs the permission ${permission} on the whole store`)
}

async function rowOf({ context }: AnyRequest, id: string) {
  const [row] = await context.db.read(context.scope, webhooksStatement(context, { id, state: null }, singlePage))
  if (row === undefined) throw notFound(`Webhook with id: ${id} was not found`)
  return row
}

async function answer(request: AnyRequest, id: string) {
  return { webhook: request.fields.project(await rowOf(request, id)) as object }
}

async function answerDelivery(request: AnyRequest, webhookId: string, id: string) {
  const { context } = request
  const filter = { id, state: null, eventType: null }
  const [row] = await context.db.read(context.scope, deliveriesStatement(context, webhookId, filter, singlePage))
  if (row === undefined) throw notFound(`Webhook delivery with id: ${id} was not found`)
  return { webhook_delivery: request.fields.project(row) }
}

const url = z.string().trim().min(1).max(limits.webhookUrl_characters)
const description = z.string().trim().max(limits.webhookDescription_characters).nullable()

/** Routes of a store's webhooks, or of a vendor's. */
export function webhookRoutes(surface: Surface): Route[] {
  return [...reading(surface), ...writing(surface), ...sending(surface)]
}

const kindOf = (surface: Surface) => (surface === 'admin' ? 'webhook' : 'vendor_webhook')

function reading(surface: Surface): Route[] {
  return [
    route({
      surface,
      method: 'GET',
      path: `/${surface}/webhook-event-types`,
      summary: 'What webhooks can tell of',
      access: 'webhooks:read',
      async handle(request) {
        guard(request, 'webhooks:read')
        return { webhook_event_types: typesOf(surface).map((type) => ({ type, meaning: webhookTypes[type].meaning })) }
      },
    }),
    route({
      surface,
      method: 'GET',
      path: `/${surface}/webhooks`,
      summary: surface === 'admin' ? "List the store's own webhooks" : "List the vendor's webhooks",
      access: 'webhooks:read',
      query: z.strictObject({ state: oneOrMany.optional() }),
      fields,
      page: { limit: 50, orderable: ['id', 'created_at', 'updated_at'] },
      async handle(request) {
        guard(request, 'webhooks:read')
        const { context, query, page } = request
        const found = await readPage(context, page, (of: ListPage) =>
          webhooksStatement(context, { id: null, state: query.state ?? null }, of),
        )
        return {
          webhooks: found.rows.map((row) => request.fields.project(row)),
          count: found.count,
          offset: page.offset,
          limit: page.limit,
        }
      },
    }),
    route({
      surface,
      method: 'GET',
      path: `/${surface}/webhooks/:id`,
      summary: 'One of the webhooks',
      access: 'webhooks:read',
      fields,
      ids: { id: kindOf(surface) },
      handle(request) {
        guard(request, 'webhooks:read')
        return answer(request, request.params.id as string)
      },
    }),
    route({
      surface,
      method: 'GET',
      path: `/${surface}/webhooks/:id/deliveries`,
      summary: 'What was sent to a webhook in the last 30 days, or is to be, and what it answered',
      access: 'webhooks:read',
      query: z.strictObject({ state: oneOrMany.optional(), event_type: oneOrMany.optional() }),
      fields: deliveryFields,
      page: { limit: 50, orderable: ['id', 'created_at'], descending: true },
      ids: { id: kindOf(surface) },
      async handle(request) {
        guard(request, 'webhooks:read')
        const { context, query, page } = request
        const { id } = await rowOf(request, request.params.id as string)
        const filter = { id: null, state: query.state ?? null, eventType: query.event_type ?? null }
        const found = await readPage(context, page, (of: ListPage) => deliveriesStatement(context, id, filter, of))
        return {
          webhook_deliveries: found.rows.map((row) => request.fields.project(row)),
          count: found.count,
          offset: page.offset,
          limit: page.limit,
        }
      },
    }),
  ]
}

function writing(surface: Surface): Route[] {
  const eventTypes = z
    .array(z.enum(typesOf(surface) as [WebhookTypeName, ...WebhookTypeName[]]))
    .min(1)
    .max(webhookTypeNames.length)
  return [
    route({
      surface,
      method: 'POST',
      path: `/${surface}/webhooks`,
      summary: 'Have webhooks sent; the secret that signs them is shown this once',
      access: 'webhooks:write',
      body: z.strictObject({ url, description: description.optional(), event_types: eventTypes }),
      fields,
      async handle(request) {
        guard(request, 'webhooks:write')
        const { context, services, body } = request
        const made = await createWebhook(context, services.webhookSealer, {
          url: webhookUrl(body.url, webhookReach(services.config)),
          description: body.description ?? null,
          eventTypes: body.event_types,
        })
        const { webhook } = await answer(request, made.id)
        return { webhook: { ...webhook, secret: made.secret } }
      },
    }),
    route({
      surface,
      method: 'POST',
      path: `/${surface}/webhooks/:id`,
      summary: 'Change a webhook; one that is enabled again is sent what was not delivered',
      access: 'webhooks:write',
      body: z.strictObject({
        url: url.optional(),
        description: description.optional(),
        event_types: eventTypes.optional(),
        state: z.enum(['enabled', 'disabled']).optional(),
      }),
      fields,
      ids: { id: kindOf(surface) },
      async handle(request) {
        guard(request, 'webhooks:write')
        const { context, services, body } = request
        const id = request.params.id as string
        const to = body.url === undefined ? undefined : webhookUrl(body.url, webhookReach(services.config))
        await changeWebhook(context, id, { url: to, description: body.description, eventTypes: body.event_types, state: body.state })
        return answer(request, id)
      },
    }),
    route({
      surface,
      method: 'DELETE',
      path: `/${surface}/webhooks/:id`,
      summary: 'Send nothing more to a webhook, and forget it with its log',
      access: 'webhooks:write',
      ids: { id: kindOf(surface) },
      async handle(request) {
        guard(request, 'webhooks:write')
        const id = request.params.id as string
        await deleteWebhook(request.context, id)
        return { id, object: 'webhook', deleted: true }
      },
    }),
    route({
      surface,
      method: 'POST',
      path: `/${surface}/webhooks/:id/rotate-secret`,
      summary: 'Sign with a new secret, shown this once; the one before signs beside it for a day',
      access: 'webhooks:write',
      fields,
      ids: { id: kindOf(surface) },
      async handle(request) {
        guard(request, 'webhooks:write')
        const { context, services } = request
        const id = request.params.id as string
        const secret = await rotateSecret(context, services.webhookSealer, id)
        const { webhook } = await answer(request, id)
        return { webhook: { ...webhook, secret } }
      },
    }),
  ]
}

function sending(surface: Surface): Route[] {
  return [
    route({
      surface,
      method: 'POST',
      path: `/${surface}/webhooks/:id/test`,
      summary: 'Send a webhook.test, once, also to a webhook that is disabled',
      access: 'webhooks:write',
      fields: deliveryFields,
      ids: { id: kindOf(surface) },
      async handle(request) {
        guard(request, 'webhooks:write')
        const id = request.params.id as string
        return answerDelivery(request, id, await testWebhook(request.context, id))
      },
    }),
    route({
      surface,
      method: 'POST',
      path: `/${surface}/webhooks/:id/deliveries/:delivery_id/replay`,
      summary: 'Send a delivery again, under its id',
      access: 'webhooks:write',
      fields: deliveryFields,
      ids: { id: kindOf(surface), delivery_id: `${kindOf(surface)}_delivery` },
      async handle(request) {
        guard(request, 'webhooks:write')
        const { id, delivery_id: deliveryId } = request.params as { id: string; delivery_id: string }
        await replayDelivery(request.context, id, deliveryId)
        return answerDelivery(request, id, deliveryId)
      },
    }),
  ]
}
