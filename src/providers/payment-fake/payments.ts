import type { Money, Outcome, PaymentProvider, PaymentSnapshot, ProviderCall, RemotePayment } from '../../payments/index.js'
import { type FakePayment, type FakeState, missing, movementOf } from './state.js'

type Data = Record<string, unknown>
type Payments = Pick<PaymentProvider, 'startSession' | 'authorize' | 'capture' | 'refund' | 'cancel' | 'referenceOf'>

const statuses: readonly string[] = ['open', 'processing', 'authorized', 'captured', 'canceled']
/** Smallest steps of currencies, in our minor units, where they are not one: as a provider may have them. */
const steps: Readonly<Record<string, bigint>> = { bhd: 10n, jod: 10n, kwd: 10n, omr: 10n, tnd: 10n, mga: 100n }

export function refuseAmount({ amountMinor, currency }: Money): Outcome<never> | null {
  const step = steps[currency] ?? 1n
  if (amountMinor > 0n && amountMinor % step === 0n) return null
  const message = `Amounts of ${currency.toUpperCase()} are above nothing, in steps of ${step}`
  return { kind: 'rejected', code: 'amount_unchargeable', message }
}

const dataOf = ({ reference, status }: FakePayment): Data => ({ id: reference, status })

/** The shopper's side is played by tests: they set the payment's status. */
export function fakePayments(state: FakeState): Payments {
  /** Asks about the payment that `data` names. */
  const about = <Value>(data: Data, act: (payment: FakePayment) => Outcome<Value>) => {
    const payment = state.payments.get(String(data.id))
    return payment === undefined ? missing('payment', String(data.id)) : act(payment)
  }
  return {
    startSession: (call, money, { collectionId }) => state.once(call, 'session', [money, collectionId], () => start(state, call, money)),
    authorize: (_call, money, data) => state.read('authorising a payment', () => about(data, (payment) => authorized(payment, money))),
    capture: (call, money, data) =>
      state.once(call, 'capture', [money, data.id], () => about(data, (payment) => capture(call, money, payment))),
    refund: (call, money, data) =>
      state.once(call, 'refund', [money, data.id], () => about(data, (payment) => refund(state, call, money, payment))),
    cancel: (call, _money, data) => state.once(call, 'cancel', [data.id], () => about(data, cancel)),
    referenceOf: (data) => String(data.id),
  }
}

function start(state: FakeState, call: ProviderCall, money: Money): Outcome<Data> {
  const refusal = refuseAmount(money)
  if (refusal !== null) return refusal
  const payment: FakePayment = {
    reference: state.newReference('payment'),
    status: 'open',
    ...money,
    capturedMinor: 0n,
    refunds: [],
    movements: [],
  }
  state.payments.set(payment.reference, payment)
  return { kind: 'ok', value: { ...dataOf(payment), publishable_key: call.account?.publishableKey ?? null } }
}

function authorized(payment: FakePayment, money: Money): Outcome<PaymentSnapshot> {
  if (payment.currency !== money.currency || payment.amountMinor !== money.amountMinor)
    return { kind: 'rejected', code: 'amount_mismatch', message: 'The payment is for another amount than the cart' }
  const data = dataOf(payment)
  switch (payment.status) {
    case 'authorized':
    case 'captured':
      return { kind: 'ok', value: { status: payment.status, data } }
    case 'processing':
      return { kind: 'ok', value: { status: 'pending_authorization', data } }
    case 'open':
      return { kind: 'requires_more', message: 'The shopper has not confirmed the payment yet' }
    case 'canceled':
      return { kind: 'declined', message: 'The payment was canceled' }
    default:
      return { kind: 'unknown', message: `The payment has the status ${payment.status}` }
  }
}

function capture(call: ProviderCall, money: Money, payment: FakePayment): Outcome<PaymentSnapshot> {
  const refusal = refuseAmount(money)
  if (refusal !== null) return refusal
  if (payment.status !== 'authorized')
    return { kind: 'rejected', code: 'not_capturable', message: `The payment is ${payment.status}: only authorised ones are captured` }
  if (money.currency !== payment.currency || money.amountMinor > payment.amountMinor)
    return { kind: 'rejected', code: 'amount_too_large', message: 'No more than what is authorised is captured' }
  payment.status = 'captured'
  payment.capturedMinor = money.amountMinor
  const { reference: source, currency } = payment
  payment.movements.push(
    movementOf(call, {
      reference: `${source}_charge`,
      source,
      payment: payment.reference,
      category: 'charge',
      amountMinor: money.amountMinor,
      currency,
    }),
  )
  return { kind: 'ok', value: { status: 'captured', data: dataOf(payment) } }
}

function refund(state: FakeState, call: ProviderCall, money: Money, payment: FakePayment): Outcome<{ data: Data; reference: string }> {
  const refusal = refuseAmount(money)
  if (refusal !== null) return refusal
  const given = payment.refunds.reduce((sum, one) => (one.status === 'failed' ? sum : sum + one.amountMinor), 0n)
  if (money.currency !== payment.currency || given + money.amountMinor > payment.capturedMinor)
    return { kind: 'rejected', code: 'amount_too_large', message: 'No more than what was captured is refunded' }
  const { amountMinor, currency } = money
  const reference = state.newReference('refund')
  const refundId = call.operationKey.startsWith('refund:') ? call.operationKey.slice('refund:'.length) : null
  payment.refunds.push({ reference, refundId, amountMinor, status: 'succeeded' })
  payment.movements.push(
    movementOf(call, {
      reference: `${reference}_out`,
      source: reference,
      payment: payment.reference,
      category: 'refund',
      amountMinor: -amountMinor,
      currency,
    }),
  )
  return { kind: 'ok', value: { data: dataOf(payment), reference } }
}

function cancel(payment: FakePayment): Outcome<{ data: Data }> {
  if (payment.status === 'captured')
    return { kind: 'rejected', code: 'already_captured', message: 'The money was taken already: refund it' }
  payment.status = 'canceled'
  return { kind: 'ok', value: { data: dataOf(payment) } }
}

/** The authoritative read. */
export function remoteOf(payment: FakePayment): RemotePayment {
  const status = statuses.includes(payment.status) ? (payment.status as RemotePayment['status']) : 'unrecognised'
  return structuredClone({ ...payment, status, data: dataOf(payment) })
}
