// What the simulator's rules read of Stripe's objects. The rest of each object comes out of the schema (schema.ts); ids
// stand where Stripe can expand.

export interface StripeObject {
  id: string
  object: string
  [field: string]: unknown
}

export type Metadata = Record<string, string>

export interface Intent extends StripeObject {
  object: 'payment_intent'
  amount: number
  amount_capturable: number
  amount_received: number
  currency: string
  created: number
  capture_method: 'automatic' | 'automatic_async' | 'manual'
  client_secret: string
  customer: string | null
  description: string | null
  latest_charge: string | null
  metadata: Metadata
  next_action: Record<string, unknown> | null
  payment_method: string | null
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'canceled'
    | 'succeeded'
  transfer_group: string | null
}

export interface Charge extends StripeObject {
  object: 'charge'
  amount: number
  amount_captured: number
  amount_refunded: number
  balance_transaction: string | null
  captured: boolean
  currency: string
  created: number
  disputed: boolean
  metadata: Metadata
  paid: boolean
  payment_intent: string | null
  payment_method: string | null
  refunded: boolean
  status: 'failed' | 'pending' | 'succeeded'
  transfer_group: string | null
}

export interface Refund extends StripeObject {
  object: 'refund'
  amount: number
  balance_transaction: string | null
  charge: string
  currency: string
  created: number
  metadata: Metadata
  payment_intent: string | null
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled'
}

export interface Transfer extends StripeObject {
  object: 'transfer'
  amount: number
  amount_reversed: number
  balance_transaction: string
  currency: string
  created: number
  destination: string
  destination_payment: string
  metadata: Metadata
  reversed: boolean
  source_transaction: string | null
  transfer_group: string | null
}

export interface TransferReversal extends StripeObject {
  object: 'transfer_reversal'
  amount: number
  balance_transaction: string
  currency: string
  created: number
  metadata: Metadata
  transfer: string
}

export interface BalanceTransaction extends StripeObject {
  object: 'balance_transaction'
  amount: number
  available_on: number
  created: number
  currency: string
  fee: number
  net: number
  reporting_category: string
  source: string | null
  status: 'available' | 'pending'
  type: string
  /** The payout that took it along; Stripe keeps this to itself, and filters by it. */
  payout?: string
}

export interface Dispute extends StripeObject {
  object: 'dispute'
  amount: number
  balance_transactions: BalanceTransaction[]
  charge: string
  created: number
  currency: string
  evidence: Record<string, unknown>
  evidence_details: { due_by: number | null; has_evidence: boolean; past_due: boolean; submission_count: number }
  is_charge_refundable: boolean
  payment_intent: string | null
  reason: string
  status: 'lost' | 'needs_response' | 'under_review' | 'warning_closed' | 'warning_needs_response' | 'warning_under_review' | 'won'
}

export interface Payout extends StripeObject {
  object: 'payout'
  amount: number
  arrival_date: number
  automatic: boolean
  balance_transaction: string | null
  created: number
  currency: string
  metadata: Metadata
  status: 'canceled' | 'failed' | 'in_transit' | 'paid' | 'pending'
}

export interface PaymentMethod extends StripeObject {
  object: 'payment_method'
  customer: string | null
  type: string
}

export interface Event extends StripeObject {
  object: 'event'
  account?: string
  api_version: string
  created: number
  data: { object: StripeObject; previous_attributes?: Record<string, unknown> }
  pending_webhooks: number
  type: string
}

export interface WebhookEndpoint extends StripeObject {
  object: 'webhook_endpoint'
  enabled_events: string[]
  status: 'enabled' | 'disabled'
  url: string
}

/** What is known of a connected account. */
export interface Profile {
  /** The version that made it. */
  api: 'v1' | 'v2'
  /** In capitals. */
  country: string
  created_ms: number
  currency: string
  dashboard: string
  display_name: string | null
  /** What Stripe still wants to know. */
  due: string[]
  email: string | null
  entity_type: string | null
  fees_collector: string
  losses_collector: string
  metadata: Metadata
  reason: string | null
  /** Whether it shall receive transfers. */
  requested: boolean
  state: 'active' | 'closed' | 'onboarding' | 'pending' | 'rejected' | 'restricted'
}
