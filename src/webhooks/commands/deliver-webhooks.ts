import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit, type EventPayloads } from '../../events/index.js'
import type { Sealer } from '../../kernel/index.js'
import type { WebhookAnswer, WebhookCaller } from '../caller.js'
import { holdWebhook } from '../locks.js'
import { signedHeaders } from '../signatures.js'

export interface DeliverySettings {
  caller: WebhookCaller
  /** Of the secrets that sign. */
  sealer: Sealer
}

/** Waited after each try that failed, in seconds: ten tries in three days and a bit. Spread by a tenth, so that what failed together does not return together. */
const retryDelays_s = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
/** An endpoint in trouble rests as a whole: 2 s, twice as long each time, so that calls that hang do not take the time of other stores' jobs. */
const restMaximum_s = 300
/** Longer than a call may take: whoever has called so long without an outcome is dead. */
const lease_s = 60
/** A job gives way to others after that; what is left goes to a new one. */
const jobTime_ms = 20_000
const turnAgain_ms = 1_000
const gone = 410

interface Taken {
  id: string
  attempts: number
  payload: { type: string; timestamp: string; data: object }
  url: string
  secret_sealed: string
  /** The one before, while it still signs. */
  previous_secret_sealed: string | null
}

/**
 * Sends an endpoint what waits for it, one after the other: of each order, what happened first. Handler of `webhook.due`; may run any
 * number of times, and beside others, of which one calls. Each try is noted before it is made, called outside any transaction, and
 * booked after it. Throws only what the database throws.
 */
export async function deliverWebhooks(context: Context, settings: DeliverySettings, due: EventPayloads['webhook.due']): Promise<void> {
  const giveBack = await settings.caller.takeTurn()
  if (giveBack === null) return comeAgain(context, due)
  try {
    const { webhook_endpoint_id: webhookId, webhook_delivery_id: only } = due
    await (only === undefined ? deliverAll(context, settings, webhookId) : deliverOne(context, settings, webhookId, only))
  } finally {
    giveBack()
  }
}

/** Others hold every turn of this process, perhaps for ten seconds: the job is given back, so that it does not wait in the way of all. */
async function comeAgain(context: Context, due: EventPayloads['webhook.due']): Promise<void> {
  // By the database's clock, as all that is due here.
  const availableAt = new Date(Date.now() + turnAgain_ms)
  await context.db.unitOfWork(context.scope, (unit) => emit(unit, 'webhook.due', due, { availableAt, requestId: context.requestId }))
}

async function deliverAll(context: Context, settings: DeliverySettings, webhookId: string): Promise<void> {
  const until = performance.now() + jobTime_ms
  while (performance.now() < until) {
    const taken = await context.db.unitOfWork(context.scope, (unit) => takeNext(unit, context, webhookId))
    if (taken === null) return
    const answer = await send(settings, taken, context.clock.now())
    await context.db.unitOfWork(context.scope, (unit) => book(unit, context, webhookId, taken, answer))
    if (answer.error !== null) return
  }
  await context.db.unitOfWork(context.scope, (unit) =>
    emit(unit, 'webhook.due', { webhook_endpoint_id: webhookId }, { requestId: context.requestId }),
  )
}

async function send({ caller, sealer }: DeliverySettings, taken: Taken, at: Date): Promise<WebhookAnswer> {
  const { type, timestamp, data } = taken.payload
  const body = JSON.stringify({ type, timestamp, data })
  const secrets = opened(sealer, taken)
  if (secrets === null) return { status: null, body: null, error: 'its secret cannot be read any more: make a new one', duration_ms: 0 }
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Stoa-Webhooks',
    ...signedHeaders({ id: taken.id, at, body }, secrets),
  }
  return caller.call({ url: taken.url, headers, body })
}

/** Null where the secret was sealed under another key than ours is now, which is a try that failed like others. */
function opened(sealer: Sealer, { secret_sealed, previous_secret_sealed }: Taken): string[] | null {
  const open = (sealed: string | null) => {
    try {
      return sealed === null ? [] : [sealer.open(sealed)]
    } catch {
      return []
    }
  }
  const [secret] = open(secret_sealed)
  return secret === undefined ? null : [secret, ...open(previous_secret_sealed)]
}

const secretsSql = (now: string) =>
  `w.url, w.secret_sealed, case when w.previous_secret_until > ${now} then w.previous_secret_sealed end as previous_secret_sealed`

/** The next that is due, where nobody else is calling the endpoint and it does not rest. The endpoint is this job's then. */
async function takeNext(unit: Unit, context: Context, webhookId: string): Promise<Taken | null> {
  // Locked in a statement of its own: the next one sees what whoever held the lock has booked.
  const held = await holdWebhook(unit, webhookId)
  if (held === null || held.state === 'disabled') return null
  if (held.busy_until !== null) {
    // Whoever is calling may never come back, and what is due would have nobody: one job comes by when the time is over.
    if (!held.is_awaited) await lookAgain(unit, context, webhookId, held.busy_until)
    return null
  }
  const [taken] = await unit.run(
    statement<Taken>(
      'webhooks.take_next',
      `with next as (
         select d.id from webhook_delivery d
         where d.tenant_id = $1 and d.webhook_endpoint_id = $2 and d.state = 'pending' and d.event_type <> 'webhook.test'
           and d.next_attempt_at <= now() and not exists (
             select 1 from webhook_delivery e
             where e.tenant_id = $1 and e.webhook_endpoint_id = $2 and e.state = 'pending' and e.object_id = d.object_id
               and (e.event_id, e.id) < (d.event_id, d.id))
         order by d.event_id, d.id limit 1
       ), busy as (
         update webhook_endpoint w set busy_until = now() + ${lease_s} * interval '1 second' from next where w.tenant_id = $1 and w.id = $2
         returning ${secretsSql('$3::timestamptz')}
       )
       update webhook_delivery d set attempts = d.attempts + 1, updated_at = now() from next, busy
       where d.tenant_id = $1 and d.id = next.id
       returning d.id, d.attempts, d.payload, busy.url, busy.secret_sealed, busy.previous_secret_sealed`,
      [tenantOf(unit), webhookId, context.clock.now()],
    ),
  )
  return taken ?? null
}

async function lookAgain(unit: Unit, context: Context, webhookId: string, availableAt: Date): Promise<void> {
  await unit.run(
    statement('webhooks.look_again', `update webhook_endpoint set looked_at_again = $3 where tenant_id = $1 and id = $2`, [
      tenantOf(unit),
      webhookId,
      availableAt,
    ]),
  )
  await emit(unit, 'webhook.due', { webhook_endpoint_id: webhookId }, { availableAt, requestId: context.requestId })
}

/** Notes what came of a try, and lets the endpoint go. What another has booked or begun meanwhile stays. */
async function book(unit: Unit, context: Context, webhookId: string, taken: Taken, answer: WebhookAnswer): Promise<void> {
  const held = await holdWebhook(unit, webhookId)
  if (held === null) return
  const hasFailed = answer.error !== null
  // What was answered at an address that its owner has left says nothing of the new one, which is tried soon.
  const delay_s = retryDelays_s[held.url === taken.url ? taken.attempts - 1 : 0]
  const isGone = answer.status === gone && held.url === taken.url
  const isOver = hasFailed && (isGone || delay_s === undefined)
  const state = isOver ? 'failed' : hasFailed ? 'pending' : 'delivered'
  const [noted] = await note(unit, taken, answer, state, (delay_s ?? 0) * spread())
  // One that was to be sent again meanwhile has all its tries before it.
  if (isGone || (isOver && noted !== undefined)) return giveUp(unit, context, webhookId, answer)
  const rests_until = await letGo(unit, webhookId, hasFailed)
  if (rests_until === null) return
  await lookAgain(unit, context, webhookId, rests_until)
  if (noted === undefined || noted.next_attempt_at <= rests_until) return
  const then = { availableAt: noted.next_attempt_at, requestId: context.requestId }
  await emit(unit, 'webhook.due', { webhook_endpoint_id: webhookId }, then)
}

/** @returns until when the endpoint rests; null where it does not */
async function letGo(unit: Unit, webhookId: string, hasFailed: boolean): Promise<Date | null> {
  const [row] = await unit.run(
    statement<{ rests_until: Date | null }>(
      'webhooks.let_go',
      `update webhook_endpoint set
         failures = case when $3 then failures + 1 else 0 end,
         failing_since = case when $3 then coalesce(failing_since, now()) end,
         busy_until = case when $3 then now() + least(2 ^ least(failures + 1, 20), ${restMaximum_s}) * interval '1 second' end
       where tenant_id = $1 and id = $2 returning busy_until as rests_until`,
      [tenantOf(unit), webhookId, hasFailed],
    ),
  )
  return row?.rests_until ?? null
}

const spread = () => 0.9 + 0.2 * Math.random()

function note(unit: Unit, taken: Taken, answer: WebhookAnswer, state: 'delivered' | 'pending' | 'failed', delay_s: number) {
  return unit.run(
    statement<{ next_attempt_at: Date }>(
      'webhooks.note_outcome',
      `update webhook_delivery set state = $4, response_status = $5, response_body = $6, error = $7, duration_ms = $8,
         next_attempt_at = now() + $9 * interval '1 second', delivered_at = case when $4 = 'delivered' then now() end, updated_at = now()
       where tenant_id = $1 and id = $2 and attempts = $3 and state = 'pending' returning next_attempt_at`,
      [tenantOf(unit), taken.id, taken.attempts, state, answer.status, answer.body, answer.error, answer.duration_ms, delay_s],
    ),
  )
}

/** Sends nothing more to an endpoint, and has those told who can see to it. */
async function giveUp(unit: Unit, context: Context, webhookId: string, answer: WebhookAnswer): Promise<void> {
  const reason =
    answer.status === gone
      ? 'It answered 410: nobody listens there any more'
      : `What it was sent was not taken in three days of trying: ${answer.error}`
  const disabled = await unit.run(
    statement(
      'webhooks.give_up',
      `update webhook_endpoint set state = 'disabled', disabled_reason = $3, failures = failures + 1,
         failing_since = coalesce(failing_since, now()), busy_until = null, updated_at = now()
       where tenant_id = $1 and id = $2 and state = 'enabled' returning id`,
      [tenantOf(unit), webhookId, reason],
    ),
  )
  if (disabled.length === 0) return
  const told = { webhook_endpoint_id: webhookId, disabled_at: context.clock.now().toISOString() }
  await emit(unit, 'webhook_endpoint.disabled', told, { requestId: context.requestId })
}

/** One that is sent for itself, once: a test. What comes of it says nothing of the others. */
async function deliverOne(context: Context, settings: DeliverySettings, webhookId: string, deliveryId: string): Promise<void> {
  const [taken] = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<Taken>(
        'webhooks.take_one',
        `update webhook_delivery d set attempts = d.attempts + 1, updated_at = now() from webhook_endpoint w
         where d.tenant_id = $1 and d.webhook_endpoint_id = $2 and d.id = $3 and d.state = 'pending' and w.tenant_id = $1 and w.id = $2
         returning d.id, d.attempts, d.payload, ${secretsSql('$4::timestamptz')}`,
        [tenantOf(unit), webhookId, deliveryId, context.clock.now()],
      ),
    ),
  )
  if (taken === undefined) return
  const answer = await send(settings, taken, context.clock.now())
  await context.db.unitOfWork(context.scope, (unit) => note(unit, taken, answer, answer.error === null ? 'delivered' : 'failed', 0))
}
