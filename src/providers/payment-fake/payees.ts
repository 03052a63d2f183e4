import type { DisputePort, DisputeSnapshot, PayeePort, PayeeSnapshot } from '../../payments/index.js'
import { refuseAmount } from './payments.js'
import { type FakeState, missing } from './state.js'

const linkLife_ms = 300_000
const payeeStatuses: readonly string[] = ['onboarding', 'pending_verification', 'active', 'restricted', 'rejected', 'closed']
const disputeStatuses: readonly string[] = ['inquiry', 'inquiry_closed', 'needs_response', 'under_review', 'won', 'lost']

const clawbackIdOf = (key: string) => (key.startsWith('clawback:') ? key.slice('clawback:'.length) : null)

export function fakePayees(state: FakeState): PayeePort {
  const shown = (reference: string): PayeeSnapshot | undefined => {
    const payee = state.payees.get(reference)
    if (payee === undefined) return undefined
    return { ...payee, status: payeeStatuses.includes(payee.status) ? (payee.status as PayeeSnapshot['status']) : 'unrecognised' }
  }
  return {
    createPayee: (call, payee) =>
      state.once(call, 'payee', payee, () => {
        const reference = state.newReference('payee')
        const { country, currency } = payee
        state.payees.set(reference, { reference, status: 'onboarding', requirements: ['identity'], country, currency })
        return { kind: 'ok', value: shown(reference) as PayeeSnapshot }
      }),
    fetchPayee: (_call, reference) =>
      state.read('reading a payee', () => {
        const payee = shown(reference)
        return payee === undefined ? missing('payee', reference) : { kind: 'ok', value: payee }
      }),
    onboardingLink: (call, reference, { returnUrl }) =>
      state.read('making a link', () =>
        state.payees.has(reference)
          ? { kind: 'ok', value: { url: returnUrl, expiresAt: new Date(call.now.getTime() + linkLife_ms) } }
          : missing('payee', reference),
      ),
    release: (call, release) =>
      state.once(call, 'release', release, () => {
        if (shown(release.payee)?.status !== 'active')
          return { kind: 'rejected', code: 'payee_inactive', message: `The payee ${release.payee} cannot be paid yet, or any more` }
        const refusal = refuseAmount(release.money)
        if (refusal !== null) return refusal
        const reference = state.newReference('release')
        state.releases.set(reference, { reference, payee: release.payee, ...release.money, takenBackMinor: 0n, takenBack: [] })
        return { kind: 'ok', value: { reference } }
      }),
    fetchRelease: (_call, reference) =>
      state.read('reading a release', () => {
        const paid = state.releases.get(reference)
        return paid === undefined ? missing('release', reference) : { kind: 'ok', value: { reference, takenBack: paid.takenBack } }
      }),
    clawback: (call, { release, money }) =>
      state.once(call, 'clawback', [release, money], () => {
        const paid = state.releases.get(release)
        if (paid === undefined) return missing('release', release)
        if (money.currency !== paid.currency || paid.takenBackMinor + money.amountMinor > paid.amountMinor)
          return { kind: 'rejected', code: 'insufficient', message: 'No more than what was released is taken back' }
        paid.takenBackMinor += money.amountMinor
        const reference = state.newReference('clawback')
        paid.takenBack.push({ reference, clawbackId: clawbackIdOf(call.operationKey), amountMinor: money.amountMinor })
        return { kind: 'ok', value: { reference } }
      }),
  }
}

export function fakeDisputes(state: FakeState): DisputePort {
  return {
    fetchDispute: (_call, reference) =>
      state.read('reading a dispute', () => {
        const dispute = state.disputes.get(reference)
        if (dispute === undefined) return missing('dispute', reference)
        const status = disputeStatuses.includes(dispute.status) ? (dispute.status as DisputeSnapshot['status']) : 'unrecognised'
        return { kind: 'ok', value: { ...dispute, status } }
      }),
    submitEvidence: (call, reference, evidence) =>
      state.once(call, 'evidence', [reference, evidence], () => {
        const dispute = state.disputes.get(reference)
        if (dispute === undefined) return missing('dispute', reference)
        dispute.status = 'under_review'
        return { kind: 'ok', value: {} }
      }),
  }
}
