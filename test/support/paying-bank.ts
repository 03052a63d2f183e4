import { newId } from '../../src/kernel/index.js'
import type { Money, Outcome, PayeeSnapshot, PayeeStatus, PaymentProvider, ProviderCall } from '../../src/payments/index.js'
import { registerPaymentProvider } from '../../src/payments/index.js'
import type { TestApp } from './app.js'
import { asAdmin } from './database.js'
import type { TestStore } from './store.js'

export const payingBankId = 'pp_test_paying'

/** What the bank did with a transfer, and what it took back of it. */
export interface Transfer {
  reference: string
  payee: string
  amountMinor: bigint
  returnedMinor: bigint
  currency: string
}

/** How the bank answers the next calls of a kind: it does what it is asked and tells nobody, or does nothing. */
export type Mood = 'did it, and says nothing' | 'did nothing, and says nothing' | 'refuses' | 'did it, and dies'

/**
 * A provider in memory that pays vendors, with the port's rules: a key has one effect and one answer; a payee that is not
 * active is not paid; what a payee has not got is not taken back; an answer may be lost.
 */
export class PayingBank {
  readonly transfers = new Map<string, Transfer>()
  readonly payees = new Map<string, PayeeSnapshot>()
  /** What each payee still has of what it was paid; a vendor that took it to its own bank has less. */
  readonly balances = new Map<string, bigint>()
  readonly moods: { method: 'release' | 'clawback' | 'createPayee'; mood: Mood }[] = []
  /** Called when a transfer is asked for, before it is made. */
  beforeRelease: () => Promise<void> = async () => undefined
  /** Called when a transfer is to be taken back, before it is. */
  beforeClawback: () => Promise<void> = async () => undefined
  /** Called when a shopper's money is to go back, before it does. */
  beforeRefund: () => Promise<void> = async () => undefined
  calls = 0
  #answers = new Map<string, { request: string; outcome: Outcome<unknown> }>()
  #count = 0

  readonly provider: PaymentProvider

  constructor() {
    this.provider = {
      id: payingBankId,
      startSession: async () => ({ kind: 'ok', value: { reference: this.#name('pay') } }),
      authorize: async (_call, _money, data) => ({ kind: 'ok', value: { status: 'authorized', data } }),
      capture: async (_call, _money, data) => ({ kind: 'ok', value: { status: 'captured', data } }),
      refund: async (_call, _money, data) => {
        await this.beforeRefund()
        return { kind: 'ok', value: { data, reference: this.#name('re') } }
      },
      cancel: async (_call, _money, data) => ({ kind: 'ok', value: { data } }),
      referenceOf: (data) => String(data.reference),
      remote: {
        fetchPayment: async () => ({ kind: 'unknown', message: 'not asked in tests' }),
        listMovements: async () => ({ kind: 'unknown', message: 'not asked in tests' }),
        listEvents: async () => ({ kind: 'unknown', message: 'not asked in tests' }),
        fetchBalances: async () => ({ kind: 'unknown', message: 'not asked in tests' }),
        connect: async () => ({ kind: 'rejected', code: 'none', message: 'connected by tests' }),
        verifyWebhook: (_account, raw, headers) =>
          headers['x-signature'] === 'good'
            ? {
                id: String(JSON.parse(raw.toString()).id),
                type: 'touch',
                isLive: false,
                connectedAccount: null,
                objectId: null,
                occurredAt: new Date(),
                payload: JSON.parse(raw.toString()),
              }
            : null,
        interpret: (event) => event.payload.touches as never,
      },
      payees: {
        createPayee: (call, payee) =>
          this.#once('createPayee', call, payee, () => {
            const made = { status: 'onboarding' as const, requirements: ['identity'], country: payee.country, currency: payee.currency }
            const snapshot = { reference: this.#name('acct'), ...made }
            this.payees.set(snapshot.reference, snapshot)
            return { kind: 'ok', value: snapshot }
          }),
        fetchPayee: async (_call, reference) => {
          const found = this.payees.get(reference)
          return found === undefined ? { kind: 'rejected', code: 'unknown', message: 'no such payee' } : { kind: 'ok', value: found }
        },
        onboardingLink: async (_call, reference) => ({
          kind: 'ok',
          value: { url: `https://bank.example/${reference}`, expiresAt: new Date(Date.now() + 300_000) },
        }),
        release: async (call, release) => {
          await this.beforeRelease()
          return this.#once('release', call, release, () => this.#transfer(release.payee, release.money))
        },
        fetchRelease: async (_call, reference) => ({ kind: 'ok', value: { reference, takenBack: [] } }),
        clawback: async (call, clawback) => {
          await this.beforeClawback()
          return this.#once('clawback', call, clawback, () => this.#takeBack(clawback.release, clawback.money))
        },
      },
    }
  }

  /** Says what a payee is now. */
  setStatus(reference: string, status: PayeeStatus): void {
    const known = this.payees.get(reference) as PayeeSnapshot
    this.payees.set(reference, { ...known, status, requirements: status === 'active' ? [] : ['identity'] })
  }

  /** The payee takes what it has to its own bank. */
  empty(reference: string): void {
    this.balances.set(reference, 0n)
  }

  /** What went out and did not come back. */
  paidMinor(): bigint {
    return [...this.transfers.values()].reduce((sum, transfer) => sum + transfer.amountMinor - transfer.returnedMinor, 0n)
  }

  #name(prefix: string): string {
    this.#count += 1
    return `${prefix}_${process.pid}_${this.#count}`
  }

  #transfer(payee: string, { amountMinor, currency }: Money): Outcome<{ reference: string }> {
    if (this.payees.get(payee)?.status !== 'active')
      return { kind: 'rejected', code: 'payee_not_active', message: 'the payee is not active' }
    const reference = this.#name('tr')
    this.transfers.set(reference, { reference, payee, amountMinor, currency, returnedMinor: 0n })
    this.balances.set(payee, (this.balances.get(payee) ?? 0n) + amountMinor)
    return { kind: 'ok', value: { reference } }
  }

  #takeBack(release: string, { amountMinor }: Money): Outcome<{ reference: string }> {
    const transfer = this.transfers.get(release)
    if (transfer === undefined) return { kind: 'rejected', code: 'unknown', message: 'no such transfer' }
    if (amountMinor > transfer.amountMinor - transfer.returnedMinor)
      return { kind: 'rejected', code: 'too_much', message: 'more than was sent' }
    const balance = this.balances.get(transfer.payee) ?? 0n
    if (balance < amountMinor) return { kind: 'rejected', code: 'insufficient', message: 'the payee has not got it' }
    this.balances.set(transfer.payee, balance - amountMinor)
    this.transfers.set(release, { ...transfer, returnedMinor: transfer.returnedMinor + amountMinor })
    return { kind: 'ok', value: { reference: this.#name('trr') } }
  }

  async #once<Value>(
    method: 'release' | 'clawback' | 'createPayee',
    call: ProviderCall,
    request: object,
    act: () => Outcome<Value>,
  ): Promise<Outcome<Value>> {
    this.calls += 1
    const text = JSON.stringify(request, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
    const known = this.#answers.get(call.operationKey)
    if (known !== undefined && known.request !== text) throw new Error(`the key ${call.operationKey} was used for something else`)
    const index = this.moods.findIndex((one) => one.method === method)
    const mood = index < 0 ? undefined : this.moods.splice(index, 1)[0]?.mood
    if (mood === 'did nothing, and says nothing') return { kind: 'unknown', message: 'a timeout' }
    if (mood === 'refuses') return { kind: 'rejected', code: 'refused', message: 'the bank refuses' }
    const outcome = (known?.outcome as Outcome<Value> | undefined) ?? act()
    if (known === undefined) this.#answers.set(call.operationKey, { request: text, outcome })
    if (mood === 'did it, and dies') throw new Error('the process ends here')
    return mood === 'did it, and says nothing' ? { kind: 'unknown', message: 'a timeout' } : outcome
  }
}

/** Gives a store an account at a bank of its own, and its shoppers the choice to pay there. */
export async function openBank(app: TestApp, store: TestStore, bank = new PayingBank()): Promise<PayingBank> {
  registerPaymentProvider(bank.provider)
  await asAdmin(
    app.adminUrl,
    `insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash)
     values ($1, $2, $3, 'test', 'acct_store', 'us', '{}', $4)`,
    [store.tenantId, newId('pacct'), payingBankId, `hash of ${store.tenantId}`],
  )
  await asAdmin(
    app.adminUrl,
    `insert into platform.payment_hook_route (token_hash, tenant_id, payment_account_id)
     select hook_token_hash, tenant_id, id from app.payment_account where tenant_id = $1`,
    [store.tenantId],
  )
  await asAdmin(app.adminUrl, 'insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, $3)', [
    store.tenantId,
    store.regionId,
    payingBankId,
  ])
  return bank
}
