import http from 'node:http'
import type net from 'node:net'
import path from 'node:path'
import { type Logger, pino } from 'pino'
import { gatekeeperOf, tokensOf } from './access/index.js'
import { routes } from './api/index.js'
import { completeCart, resumeCheckout, sweepCarts } from './checkout/index.js'
import type { Config } from './config.js'
import { issueGiftCards } from './credit/index.js'
import { type Context, type Database, openDatabase, pendingMigrations } from './db/index.js'
import { settleDispute } from './disputes/index.js'
import type { EventPayloads } from './events/index.js'
import { createApp, rateLimiter, type Services } from './http/index.js'
import { makeHandedIn } from './files/index.js'
import { dropExport, runExport } from './exports/index.js'
import { productBodies } from './api/admin/product-writing.js'
import { dropImport, dropImportFile, runImport, runStoreImport } from './imports/index.js'
import { type Chore, type Handlers, openSharedRedis, type SharedRedis, startWorker, type Worker } from './jobs/index.js'
import { type Clock, type Sealer, sealerOf, systemClock } from './kernel/index.js'
import {
  type Mailer,
  type MailSettings,
  sendEditNotice,
  sendExceptionsNotice,
  sendExchangeNotice,
  sendGiftCards,
  sendOrderConfirmation,
  sendInvite,
  noteProposal,
  sendProductReview,
  sendRejection,
  sendOperatorAlarm,
  sendParkedEventsAlarm,
  sendPasswordReset,
  sendFactorNotice,
  sendCancellation,
  sendPaymentReceipt,
  sendPaymentRequest,
  sendRefundNotice,
  sendReturnNotice,
  sendSellerReminder,
  sendShipmentNotice,
  sendTransferRequest,
  sendVerification,
  sendWebhookNotice,
} from './notifications/index.js'
import {
  checkPaymentSession,
  endPaymentSession,
  handlePaymentEvent,
  listPaymentEvents,
  parkedOperatorEventsStatement,
  registerPaymentProvider,
  resumeRefund,
  sweepPaymentEvents,
  type TouchHandlers,
  unwindPayment,
} from './payments/index.js'
import {
  payoutTouches,
  runDuePayouts,
  settleStoreBalance,
  settleVendor,
  settleVendorOrder,
  settleVendorOrders,
  settleVendors,
} from './payouts/index.js'
import { smtpMailer } from './providers/mail/index.js'
import { manualPaymentProvider } from './providers/payment-manual/index.js'
import { stripePaymentProvider } from './providers/payment-stripe/index.js'
import { webhookCaller } from './providers/webhooks/index.js'
import { reconcile, startNightlyReconciliation, reconciliationTouches } from './reconciliation/index.js'
import { remindSellers } from './reports/index.js'
import { listenOn } from './startup.js'
import { type DeliverySettings, deliverWebhooks, queueWebhooks, webhookReach } from './webhooks/index.js'
import { storefront } from './web/index.js'

/** A running Stoa process. */
export interface Stoa {
  /** Where it listens, without a slash at the end. */
  readonly url: string
  readonly services: Services
  /** Absent in a process that only serves the API. */
  readonly worker: Worker | null
  /** Stops accepting, finishes what runs, closes. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** Mail goes here instead of SMTP_URL. */
  mailer?: Mailer
  clock?: Clock
}

const stopTimeout_ms = 30_000
const requestHeader_ms = 15_000
const keepAlive_ms = 65_000

const noMailer: Mailer = {
  send: () => Promise.reject(new Error('SMTP_URL is not set: mail cannot be sent')),
  close: () => undefined,
}

/**
 * Starts the API, the worker, or both, on a database that is migrated and answers.
 * @throws when a setting is missing, the port is taken, the database or Redis does not answer, or a migration is missing
 */
export async function startStoa(config: Config, options: StartOptions = {}): Promise<Stoa> {
  if (config.databaseAppUrl === undefined) throw new Error('DATABASE_APP_URL is not set')
  if (config.tokenSecret === undefined) throw new Error('TOKEN_SECRET is not set')
  const log = loggerOf(config)
  const clock = options.clock ?? systemClock
  const db = openDatabase({
    url: config.databaseAppUrl,
    poolMax: config.databasePoolMax,
    preparedStatements: config.databasePreparedStatements,
  })
  const redis = await sharedRedisOf(config, log)
  registerPaymentProvider(manualPaymentProvider)
  registerPaymentProvider(
    stripePaymentProvider({
      sealer: sealerOf(config.tokenSecret, 'stoa payment accounts'),
      apiUrl: config.stripeApiUrl,
      sharedCounts: redis === null ? undefined : { client: redis.client, prefix: config.redisPrefix },
    }),
  )
  const tokens = tokensOf(config.tokenSecret, config.tokenLifetime_s)
  const mailer = options.mailer ?? (config.smtpUrl === undefined ? noMailer : smtpMailer(config.smtpUrl))
  const checkMigrations = async () => {
    const pending = await pendingMigrations(db)
    if (pending.length > 0) throw new Error(`the database lacks ${pending.length} migrations, the first is ${pending[0]}`)
  }
  const accountSealer = sealerOf(config.tokenSecret, 'stoa accounts')
  const webhookSealer = sealerOf(config.tokenSecret, 'stoa webhooks')
  let worker: Worker | null = null
  const readiness: Record<string, () => Promise<void>> = { database: () => db.ping(), migrations: checkMigrations }
  const services: Services & { publicUrl: string } = {
    db,
    clock,
    config,
    log,
    gatekeeper: gatekeeperOf({ db, tokens, baseDomain: config.baseDomain, clock }),
    tokens,
    rates: rateLimiter(config.rateLimitScale),
    sealer: sealerOf(config.tokenSecret, 'stoa stored answers'),
    accountSealer,
    identitySealer: sealerOf(config.tokenSecret, 'stoa seller identities'),
    exportSealer: sealerOf(config.tokenSecret, 'stoa exports'),
    webhookSealer,
    publicUrl: config.publicUrl ?? '',
    filesDirectory: filesDirectoryOf(config),
    readiness,
    figures: figuresOf(db),
  }
  let server: http.Server | null = null
  try {
    await checkMigrations()
    if (config.process !== 'api') {
      worker = await startWorker({
        db,
        clock,
        log,
        handlers: {
          ...handlersOf(config, mailer, accountSealer, () => services.publicUrl),
          ...webhookHandlers(
            { mailer, fromAddress: config.mailFrom },
            { caller: webhookCaller({ ...webhookReach(config), log }), sealer: webhookSealer },
          ),
        },
        pollInterval_ms: config.jobPollInterval_ms,
        chores: [operatorAlarm({ db, clock }, { mailer, fromAddress: config.mailFrom }, () => services.publicUrl)],
        ...(config.redisUrl === undefined ? {} : { redisUrl: config.redisUrl, redisPrefix: config.redisPrefix }),
      })
      const started = worker
      readiness.queue = () => started.ping()
    }
    if (config.process !== 'worker') server = await listen(config, services)
  } catch (error) {
    await worker?.stop()
    await redis?.close()
    await db.close()
    throw error
  }
  return { url: services.publicUrl, services, worker, stop: () => stopAll({ server, worker, redis, db, mailer }) }
}

/** Where processes count together; null for one that is alone. */
async function sharedRedisOf({ redisUrl, redisPrefix: prefix }: Config, log: Logger): Promise<SharedRedis | null> {
  if (redisUrl === undefined) return null
  return openSharedRedis({
    redisUrl,
    prefix,
    onError: (error) => log.warn({ err: error }, 'Redis is lost: requests are counted in this process alone'),
  })
}

function loggerOf(config: Config): Logger {
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}

const filesDirectoryOf = (config: Config) => path.resolve(config.home, 'files')

type WebhookHandler = 'queue_webhooks' | 'deliver_webhooks' | 'send_webhook_notice'

const webhookHandlers = (mail: MailSettings, delivery: DeliverySettings): Pick<Handlers, WebhookHandler> => ({
  queue_webhooks: queueWebhooks,
  deliver_webhooks: (context, payload) => deliverWebhooks(context, delivery, payload as EventPayloads['webhook.due']),
  send_webhook_notice: (context, payload) => sendWebhookNotice(context, mail, payload as EventPayloads['webhook_endpoint.disabled']),
})

function handlersOf(config: Config, mailer: Mailer, sealer: Sealer, publicUrl: () => string): Omit<Handlers, WebhookHandler> {
  const mail = { mailer, fromAddress: config.mailFrom }
  const afterSale = { ...mail, publicUrl, baseDomain: config.baseDomain }
  const accounts = { ...afterSale, sealer }
  const checkout = { resumeAfter_ms: config.checkoutResumeAfter_ms }
  const complete = (of: Context, cartId: string) => completeCart(of, cartId, checkout)
  const touches: TouchHandlers = { dispute: settleDispute, ...payoutTouches, ...reconciliationTouches }
  return {
    send_order_confirmation: (context, payload) => sendOrderConfirmation(context, afterSale, payload.order_id as string),
    send_shipment_notice: (context, payload) => sendShipmentNotice(context, afterSale, payload as EventPayloads['fulfillment.shipped']),
    send_password_reset: (context, payload) => sendPasswordReset(context, accounts, payload as EventPayloads['auth.password_reset']),
    send_verification: (context, payload) => sendVerification(context, accounts, payload as EventPayloads['auth.verification_requested']),
    send_factor_notice: (context, payload) => sendFactorNotice(context, mail, payload as EventPayloads['auth.second_factor_changed']),
    send_invite: (context, payload) => sendInvite(context, accounts, payload as EventPayloads['invite.sent']),
    send_rejection: (context, payload) => sendRejection(context, accounts, payload as EventPayloads['vendor.rejected']),
    note_proposal: (context, payload) => noteProposal(context, payload as EventPayloads['product.proposed']),
    send_product_review: (context, payload) => sendProductReview(context, mail, payload as EventPayloads['product.reviewed']),
    send_transfer_request: (context, payload) =>
      sendTransferRequest(context, accounts, payload as EventPayloads['order.transfer_requested']),
    resume_checkout: (context, payload) => resumeCheckout(context, payload as { cart_id: string; checkout_id: string }, checkout),
    sweep_carts: sweepCarts,
    resume_refund: (context, payload) => resumeRefund(context, payload as { refund_id: string }),
    issue_gift_cards: (context, payload) => issueGiftCards(context, sealer, payload.order_id as string),
    send_gift_cards: (context, payload) => sendGiftCards(context, accounts, payload.order_id as string),
    send_edit_notice: (context, payload) => sendEditNotice(context, afterSale, payload as EventPayloads['order.edit_requested']),
    send_exchange_notice: (context, payload) => sendExchangeNotice(context, afterSale, payload as EventPayloads['exchange.requested']),
    send_return_notice: (context, payload) => sendReturnNotice(context, afterSale, payload as EventPayloads['return.received']),
    send_exchange_cancellation: (context, payload) =>
      sendExchangeNotice(context, afterSale, payload as EventPayloads['exchange.canceled'], true),
    send_return_cancellation: (context, payload) => sendReturnNotice(context, afterSale, payload as EventPayloads['return.canceled'], true),
    send_refund_notice: (context, payload) => sendRefundNotice(context, afterSale, payload as EventPayloads['refund.settled']),
    send_payment_request: (context, payload) => sendPaymentRequest(context, afterSale, payload as EventPayloads['order.payment_requested']),
    send_payment_receipt: (context, payload) => sendPaymentReceipt(context, afterSale, payload as EventPayloads['order.payment_captured']),
    send_cancellation: (context, payload) => sendCancellation(context, afterSale, payload as EventPayloads['order.canceled']),
    cancel_payment: (context, payload) => unwindPayment(context, payload as { payment_id: string }),
    end_payment_session: (context, payload) => endPaymentSession(context, payload as EventPayloads['payment_session.ended']),
    check_payment_session: (context, payload) => checkPaymentSession(context, payload as EventPayloads['payment_session.check'], complete),
    list_payment_events: (context, payload) => listPaymentEvents(context, payload as EventPayloads['payment_events.due']),
    sweep_payment_events: (context) => sweepPaymentEvents(context),
    handle_payment_event: (context, payload) =>
      handlePaymentEvent(context, payload as EventPayloads['payment.event_received'], {
        complete,
        touches,
      }),
    settle_vendor_orders: (context, payload) => settleVendorOrders(context, payload as { order_id: string }),
    settle_vendor_order: (context, payload) => settleVendorOrder(context, payload.vendor_order_id as string),
    settle_vendor: (context, payload) => settleVendor(context, payload as EventPayloads['vendor.payable_changed']),
    remind_sellers: (context, payload) => remindSellers(context, payload as EventPayloads['seller_reminders.due']),
    send_seller_reminder: (context, payload) => sendSellerReminder(context, afterSale, payload as EventPayloads['seller.reminded']),
    send_parked_events_alarm: (context) => sendParkedEventsAlarm(context, { ...mail, publicUrl: publicUrl() }),
    send_exceptions_notice: (context, payload) => sendExceptionsNotice(context, mail, payload as EventPayloads['reconciliation.found']),
    settle_store_balance: (context, payload) => settleStoreBalance(context, payload as EventPayloads['store_balance.due']),
    settle_vendors: (context) => settleVendors(context),
    run_payouts: (context, payload) => runDuePayouts(context, payload as EventPayloads['payout_run.due']),
    start_nightly_reconciliation: (context, payload) => startNightlyReconciliation(context, payload as EventPayloads['reconciliation.due']),
    reconcile: (context, payload) => reconcile(context, payload as EventPayloads['reconciliation.requested'], { complete, touches }),
    make_renditions: (context, payload) => makeHandedIn(context, filesDirectoryOf(config), payload as EventPayloads['picture.handed_in']),
    run_export: (context, payload) => runExport(context, payload as EventPayloads['export.requested'], { publicUrl: publicUrl() }),
    drop_export: (context, payload) => dropExport(context, payload as EventPayloads['export.expired']),
    run_store_import: (context, payload) =>
      runStoreImport(context, payload as EventPayloads['import.confirmed'], { bodies: productBodies, publicUrl: publicUrl() }),
    drop_import: (context, payload) => dropImport(context, payload as EventPayloads['import.expired']),
    drop_import_file: async (context, payload) => void (await dropImportFile(context, payload.import_file_id as string)),
    run_import: (context, payload) => runImport(context, payload as { import_job_id: string; vendor_id: string }),
  }
}

const alarmsEvery_ms = 60_000

const operatorAlarm = (of: Pick<Services, 'db' | 'clock'>, mail: MailSettings, publicUrl: () => string): Chore => ({
  name: 'operator_alarm',
  every_ms: alarmsEvery_ms,
  run: () =>
    sendOperatorAlarm(
      { ...of, scope: { role: 'platform' }, requestId: 'operator_alarm', actorId: 'system' },
      { ...mail, publicUrl: publicUrl() },
    ),
})

const figuresOf = (db: Database): Services['figures'] => [
  {
    name: 'stoa_operator_events_parked',
    help: "Events of the operator's payment accounts that wait for a person: GET /platform/payment-events?state=parked",
    read: async () => (await db.read({ role: 'platform' }, parkedOperatorEventsStatement()))[0]?.count ?? 0,
  },
]

/** Takes the port first: with PORT=0 the public address is known only then. */
async function listen(config: Config, services: Services & { publicUrl: string }): Promise<http.Server> {
  const server = http.createServer()
  server.headersTimeout = requestHeader_ms
  server.keepAliveTimeout = keepAlive_ms
  await listenOn(server, config)
  const { port } = server.address() as net.AddressInfo
  if (services.publicUrl === '') services.publicUrl = `http://localhost:${port}`
  server.on('request', createApp(services, routes, storefront(services, routes)).callback())
  return server
}

async function stopAll(parts: {
  server: http.Server | null
  worker: Worker | null
  redis: SharedRedis | null
  db: { close(): Promise<void> }
  mailer: Mailer
}): Promise<void> {
  const { server, worker } = parts
  if (server !== null) {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const timer = setTimeout(() => server.closeAllConnections(), stopTimeout_ms)
    await closed
    clearTimeout(timer)
  }
  await worker?.stop()
  await parts.redis?.close()
  parts.mailer.close()
  await parts.db.close()
}
