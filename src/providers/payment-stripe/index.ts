import type { PaymentProvider } from '../../payments/index.js'
import { connect } from './accounts.js'
import { type StripeOptions, stripeAccess } from './client.js'
import { stripeDisputes } from './disputes.js'
import { listEvents } from './events.js'
import { fetchBalances, listMovements } from './movements.js'
import { stripePayees } from './payees.js'
import { authorize, cancel, capture, fetchPayment, refund, startSession } from './payments.js'
import { interpret, verifyWebhook } from './webhooks.js'

/**
 * Cards and more through Stripe: separate charges and transfers on the store's own account. The browser confirms the
 * payment with the session's `client_secret`, as Medusa storefronts do with Stripe Elements.
 */
export function stripePaymentProvider(options: StripeOptions): PaymentProvider {
  const access = stripeAccess(options)
  return {
    id: 'pp_stripe_stripe',
    startSession: (call, money, about) => startSession(access, call, money, about),
    authorize: (call, money, data) => authorize(access, call, money, data),
    capture: (call, money, data) => capture(access, call, money, data),
    refund: (call, money, data) => refund(access, call, money, data),
    cancel: (call, _money, data) => cancel(access, call, data),
    // Capturing several times is granted to some accounts and some cards only: nobody can count on it.
    capturesOnce: true,
    referenceOf: (data) => String(data.id),
    remote: {
      connect: (call, input) => connect(access, call, input),
      fetchPayment: (call, reference) => fetchPayment(access, call, reference),
      listMovements: (call, since, cursor) => listMovements(access, call, since, cursor),
      listEvents: (call, since, cursor) => listEvents(access, call, since, cursor),
      fetchBalances: (call) => fetchBalances(access, call),
      verifyWebhook: (account, raw, headers, now) => verifyWebhook(access, account, raw, headers, now),
      interpret,
    },
    payees: stripePayees(access),
    disputes: stripeDisputes(access),
  }
}
