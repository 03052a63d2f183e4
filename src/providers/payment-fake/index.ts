import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PaymentProvider, RemotePort, Touch, VerifiedEvent } from '../../payments/index.js'
import { fakeDisputes, fakePayees } from './payees.js'
import { fakePayments, remoteOf } from './payments.js'
import { FakeState, missing } from './state.js'

export type { Fault, FakePayment, FakeRelease } from './state.js'

export interface FakePaymentProvider extends PaymentProvider {
  readonly remote: RemotePort
  readonly state: FakeState
}

const signatureHeader = 'fake-signature'
const tolerance_ms = 300_000
const kinds: readonly string[] = ['payment', 'dispute', 'payee', 'release', 'payout'] satisfies Touch['kind'][]

/** A provider in memory, for unit tests: every part of the port, and faults at will. No process that serves may have it. */
export function fakePaymentProvider(id = 'pp_fake_fake'): FakePaymentProvider {
  const state = new FakeState()
  return {
    id,
    state,
    ...fakePayments(state),
    remote: {
      connect: (_call, { credentials }) =>
        state.read('connecting an account', () => {
          const key = credentials.secret_key ?? ''
          if (!key.startsWith('fake_')) return { kind: 'rejected', code: 'key_unknown', message: 'secret_key begins with fake_' }
          // Of the key nothing is kept that it could be read from.
          const reference = createHmac('sha256', 'account').update(key).digest('hex').slice(0, 12)
          return { kind: 'ok', value: { mode: 'test', reference, country: 'us', credentials: secretOf(key) } }
        }),
      fetchPayment: (_call, reference) =>
        state.read('reading a payment', () => {
          const payment = state.payments.get(reference)
          return payment === undefined ? missing('payment', reference) : { kind: 'ok', value: remoteOf(payment) }
        }),
      listMovements: (_call, since) =>
        state.read('listing movements', () => ({ kind: 'ok', value: { movements: movementsSince(state, since), next: null } })),
      listEvents: () => state.read('listing events', () => ({ kind: 'ok', value: { events: [], next: null } })),
      fetchBalances: () =>
        state.read('reading balances', () => {
          const balances = new Map<string, bigint>()
          for (const { currency, netMinor } of movementsSince(state, new Date(0)))
            balances.set(currency, (balances.get(currency) ?? 0n) + netMinor)
          return { kind: 'ok', value: [...balances].map(([currency, amountMinor]) => ({ currency, amountMinor })) }
        }),
      verifyWebhook: (account, raw, headers, now) => verify(account.credentials, raw, headers[signatureHeader] ?? '', now),
      interpret,
    },
    payees: fakePayees(state),
    disputes: fakeDisputes(state),
  }
}

const movementsSince = (state: FakeState, since: Date) =>
  [...state.payments.values()].flatMap((payment) => payment.movements).filter(({ occurredAt }) => occurredAt >= since)

const secretOf = (key: string) => createHmac('sha256', 'webhooks').update(key).digest('hex')

/** An event as the fake sends it, with the headers that sign it. */
export function fakeEvent(secret: string, touch: Touch, at: Date): { raw: Buffer; headers: Record<string, string> } {
  const raw = Buffer.from(JSON.stringify({ id: `event_${touch.reference}_${at.getTime()}`, at: at.toISOString(), ...touch }))
  return { raw, headers: { [signatureHeader]: createHmac('sha256', secret).update(raw).digest('hex') } }
}

function verify(secret: string, raw: Buffer, signature: string, now: Date): VerifiedEvent | null {
  const right = createHmac('sha256', secret).update(raw).digest()
  const given = Buffer.from(signature, 'hex')
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  const event = JSON.parse(raw.toString('utf8')) as Touch & { id: string; at: string }
  const occurredAt = new Date(event.at)
  if (Math.abs(occurredAt.getTime() - now.getTime()) > tolerance_ms) return null
  const { id, kind, reference } = event
  return { id, type: kind, isLive: false, connectedAccount: null, objectId: reference, occurredAt, payload: { kind, reference } }
}

function interpret({ type, payload }: Pick<VerifiedEvent, 'type' | 'payload'>): Touch[] {
  const { reference } = payload
  return kinds.includes(type) && typeof reference === 'string' ? [{ kind: type as Touch['kind'], reference }] : []
}
