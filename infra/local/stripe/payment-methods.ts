/** What becomes of a payment with it. */
export interface Behaviour {
  type: 'card' | 'us_bank_account'
  brand: string
  last4: string
  /** Refused, at once or after what the shopper had to do. */
  decline?: { code: string; decline_code?: string; message: string }
  authentication?: boolean
  /** The money is available at once. */
  availableAtOnce?: boolean
  dispute?: { reason: string; inquiry: boolean; count: number }
  /** Refunds of it succeed and fail later. */
  refundFails?: boolean
}

const card = (more: Partial<Behaviour> = {}): Behaviour => ({ type: 'card', brand: 'visa', last4: '4242', ...more })
const declined = (code: string, message: string, decline_code = 'generic_decline'): Partial<Behaviour> => ({
  decline: { code, message, ...(code === 'card_declined' ? { decline_code } : {}) },
})
const generic = declined('card_declined', 'Your card was declined.')
const insufficient = declined('card_declined', 'Your card has insufficient funds.', 'insufficient_funds')
const expired = declined('expired_card', 'Your card has expired.')
const wrongCvc = declined('incorrect_cvc', "Your card's security code is incorrect.")
const processing = declined('processing_error', 'An error occurred while processing your card. Try again in a little bit.')

const byId: Record<string, Behaviour> = {
  pm_card_visa: card(),
  pm_card_mastercard: card({ brand: 'mastercard', last4: '4444' }),
  pm_card_bypassPending: card({ last4: '0077', availableAtOnce: true }),
  pm_card_chargeDeclined: card({ last4: '0002', ...generic }),
  pm_card_visa_chargeDeclined: card({ last4: '0002', ...generic }),
  pm_card_chargeDeclinedInsufficientFunds: card({ last4: '9995', ...insufficient }),
  pm_card_visa_chargeDeclinedInsufficientFunds: card({ last4: '9995', ...insufficient }),
  pm_card_chargeDeclinedExpiredCard: card({ last4: '0069', ...expired }),
  pm_card_chargeDeclinedIncorrectCvc: card({ last4: '0127', ...wrongCvc }),
  pm_card_chargeDeclinedProcessingError: card({ last4: '0119', ...processing }),
  pm_card_threeDSecure2Required: card({ last4: '3220', authentication: true }),
  pm_card_authenticationRequired: card({ last4: '3184', authentication: true }),
  pm_card_threeDSecureRequiredChargeDeclined: card({ last4: '1629', authentication: true, ...generic }),
  pm_card_createDispute: card({ last4: '0259', dispute: { reason: 'fraudulent', inquiry: false, count: 1 } }),
  pm_card_createDisputeProductNotReceived: card({
    last4: '2685',
    dispute: { reason: 'product_not_received', inquiry: false, count: 1 },
  }),
  pm_card_createDisputeInquiry: card({ last4: '1976', dispute: { reason: 'fraudulent', inquiry: true, count: 1 } }),
  pm_card_createMultipleDisputes: card({ last4: '5423', dispute: { reason: 'fraudulent', inquiry: false, count: 2 } }),
  pm_card_refundFail: card({ last4: '5126', refundFails: true }),
  pm_usBankAccount_success: { type: 'us_bank_account', brand: '', last4: '6789' },
}

const byNumber: Record<string, string> = {
  '4242424242424242': 'pm_card_visa',
  '5555555555554444': 'pm_card_mastercard',
  '4000000000000077': 'pm_card_bypassPending',
  '4000000000000002': 'pm_card_chargeDeclined',
  '4000000000009995': 'pm_card_chargeDeclinedInsufficientFunds',
  '4000000000000069': 'pm_card_chargeDeclinedExpiredCard',
  '4000000000000127': 'pm_card_chargeDeclinedIncorrectCvc',
  '4000000000000119': 'pm_card_chargeDeclinedProcessingError',
  '4000000000003220': 'pm_card_threeDSecure2Required',
  '4000002760003184': 'pm_card_authenticationRequired',
  '4000008400001629': 'pm_card_threeDSecureRequiredChargeDeclined',
  '4000000000000259': 'pm_card_createDispute',
  '4000000000002685': 'pm_card_createDisputeProductNotReceived',
  '4000000000001976': 'pm_card_createDisputeInquiry',
  '4000000404000079': 'pm_card_createMultipleDisputes',
  '4000000000005126': 'pm_card_refundFail',
}

/** The magic ids that Stripe documents for tests. */
export const magicBehaviour = (id: string): Behaviour | undefined => byId[id]

export const behaviourOfNumber = (number: string): Behaviour | undefined => byId[byNumber[number.replaceAll(/\s/g, '')] ?? '']
