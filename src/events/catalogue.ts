/** The language and the region of the page that a mail was asked from; without them it is the store's own. */
export interface AskedAt {
  locale?: string
  region_id?: string
}

/**
 * Every event, what it carries, and which handlers hear of it. A fact's transaction writes one outbox row per handler
 * named here; the worker refuses to start when a handler has no implementation.
 */
export interface EventPayloads {
  /** An order was paid or promised: written in the transaction that makes the order. */
  'order.placed': { order_id: string }
  /** An attempt to complete a cart began; due later, so that a crash between its transactions is resumed. */
  'checkout.opened': { cart_id: string; checkout_id: string }
  /** A vendor handed in a file. */
  'import.requested': { import_job_id: string; vendor_id: string }
  /** A store's staff confirmed an import, or the rest of one goes on. */
  'import.confirmed': { import_job_id: string }
  /** An import of a store's was not confirmed in time, or its file need not be kept any longer. */
  'import.expired': { import_job_id: string }
  /** A file for imports need not be kept any longer. */
  'import_file.expired': { import_file_id: string }
  /** Staff want products or orders in a file, or the rest of them goes on. */
  'export.requested': { export_job_id: string }
  /** An export's file need not be kept any longer. */
  'export.expired': { export_job_id: string }
  /** Somebody handed in a picture: the public id of the store, whose folder it lies in, and its name. */
  'picture.handed_in': { tenant: string; name: string }
  /** A vendor sent a parcel. */
  'fulfillment.shipped': { fulfillment_id: string; vendor_order_id: string; order_id: string; no_notification?: true }
  /** A parcel has arrived, or was handed over. */
  'fulfillment.delivered': { fulfillment_id: string; vendor_order_id: string; order_id: string }
  /**
   * Somebody wants a new password for an e-mail. Written for unknown e-mails too, so that asking tells nothing; the
   * token is made where its mail is sent, and is in no row.
   */
  'auth.password_reset': { auth_token_id: string; actor_type: 'customer' | 'member' | 'user'; email: string; asked_at?: AskedAt }
  /** Somebody wants to prove that an e-mail is theirs. */
  'auth.verification_requested': { auth_token_id: string; auth_identity_id: string; asked_at?: AskedAt }
  /** A second factor of somebody's sign-in was switched on, or one that was on was removed. */
  'auth.second_factor_changed': { auth_identity_id: string; factor_id: string; is_on: boolean }
  /** Somebody was invited to the store's staff, for the first time or again. */
  'invite.sent': { invite_id: string; sent: number }
  /** Who asked to sell in the store was turned down. */
  'vendor.rejected': { vendor_application_id: string }
  /** A vendor proposed a product to the store. */
  'product.proposed': { product_review_id: string }
  /** Staff approved or rejected what a vendor proposed, or want changes of it. */
  'product.reviewed': { product_review_id: string }
  /** A customer wants an order that was placed under another account, or as a guest. */
  'order.transfer_requested': { order_transfer_id: string; order_id: string }
  /** Money is to go back; due later, so that a crash between asking the provider and booking its answer is resumed. */
  'refund.requested': { refund_id: string }
  /** A refund was booked, or was refused: what its credits took of the vendors is theirs no more, or again. */
  'refund.settled': { refund_id: string; order_id: string }
  /** An order was credited without a refund, came to less by an edit, or a gift card that it bought is void: its vendors are owed another amount. */
  'order.credited': { order_id: string }
  /**
   * Money was taken for an order, or there was none to take: what is sold by being paid can be given out. `capture_id`: of
   * money that came after the order was placed.
   */
  'order.payment_captured': { order_id: string; capture_id?: string }
  /** An order was canceled as a whole. */
  'order.canceled': { order_id: string }
  /** Gift cards that an order bought were made. */
  'gift_cards.issued': { order_id: string }
  /** The shopper is asked to agree to an edit of their order. */
  'order.edit_requested': { order_id: string; order_edit_id: string }
  /** An edit was done to an order. */
  'order.edit_confirmed': { order_id: string; order_edit_id: string }
  /** Staff ask the shopper for what is still to be paid of an order. */
  'order.payment_requested': { order_id: string; request_id: string }
  /** An exchange or a claim was requested: what comes back is on its way, what is sent was sold. */
  'exchange.requested': { exchange_id: string }
  /** Pieces of an order are to come back, with no exchange and no claim. */
  'return.requested': { return_id: string; order_id: string; no_notification?: true }
  /** Pieces came back: so many of the return, with those before. */
  'return.received': { return_id: string; order_id: string; pieces: number; no_notification?: true }
  /** A return that was requested is called off. */
  'return.canceled': { return_id: string }
  /** An exchange or a claim that was requested is called off. */
  'exchange.canceled': { exchange_id: string }
  /** A payment's authorisation is to be given up, with the order it was for. */
  'payment.cancel_requested': { payment_id: string }
  /** A payment session ended, and its provider still waits for the shopper, or holds the shopper's money. */
  'payment_session.ended': { payment_session_id: string; unless_used?: boolean }
  /** What a provider makes of a payment in another currency is known: its vendors can be paid of it. */
  'payment.exchanged': { order_id: string }
  /** A payment that a provider elsewhere was asked for; due later, for events that were lost. */
  'payment_session.check': { payment_session_id: string; round: number }
  /** A dispute was opened, or decided. */
  'dispute.changed': { dispute_id: string; order_id: string }
  /** An account at a payment provider is to be held against the books, tonight and every night. */
  'reconciliation.due': { payment_account_id: string }
  /** A reconciliation was begun, or goes on. */
  'reconciliation.requested': { reconciliation_run_id: string }
  /** What a provider told of an account is to be listed, this hour and every hour; `rest` is where a long list goes on. */
  'payment_events.due': { payment_account_id: string; rest?: { began: string; since: string; cursor: string } }
  /** A night's look for what providers told so long ago that it need not be kept. */
  'payment_events.outdated': Record<string, never>
  /** Events that a provider told of were set aside for a person; due a little later, so that what comes together is told of together. */
  'payment_events.parked': Record<string, never>
  /** A provider told of something. */
  'payment.event_received': { payment_event_id: string }
  /** A release or clawback was noted; due later, so that a crash between asking the provider and booking its answer is resumed. */
  'release.requested': { vendor_order_id: string; id: string }
  /** The time has come to look at what a vendor is owed for an order: a delay, a hold or a reserve ends. */
  'payable.due': { vendor_order_id: string }
  /** What a vendor may be paid has changed as a whole: its account at the provider, or a hold. */
  'vendor.payable_changed': { vendor_id: string }
  /** What a store is owed of the operator's account is to be released, or taken back: after a night's reconciliation, or to resume one. */
  'store_balance.due': { payment_account_id: string }
  /** Sellers that have not said who they are to tax offices are looked for; only the date that the store notes counts. */
  'seller_reminders.due': { due_at: string }
  /** A reconciliation found so much that was not open before. */
  'reconciliation.found': { reconciliation_run_id: string; found: number }
  /** A seller was asked or reminded to say who it is, or what it is owed is withheld because it has not. */
  'seller.reminded': { vendor_id: string; missing: string[]; withheld_from: string; is_withheld: boolean; asked: number }
  /** The store changed when it releases what vendors are owed. */
  'store.release_policy_changed': Record<string, never>
  /** A night's look for carts that nobody completed, or the rest of one, after the last cart that was looked at. */
  'carts.outdated': { after?: { updated_at: string; id: string } | null }
  /** The store's next run of payouts. */
  'payout_run.due': { due_at: string }
  /** There is something to send to an endpoint, or it is time to try again; or one delivery, whatever else waits. */
  'webhook.due': { webhook_endpoint_id: string; webhook_delivery_id?: string }
  /** An endpoint did not take what it was sent, and is sent nothing any more. */
  'webhook_endpoint.disabled': { webhook_endpoint_id: string; disabled_at: string }
}

export type EventName = keyof EventPayloads

export const handlersOf = {
  'order.placed': ['send_order_confirmation', 'settle_vendor_orders', 'queue_webhooks'],
  'checkout.opened': ['resume_checkout'],
  'import.requested': ['run_import'],
  'import.confirmed': ['run_store_import'],
  'import.expired': ['drop_import'],
  'import_file.expired': ['drop_import_file'],
  'export.requested': ['run_export'],
  'export.expired': ['drop_export'],
  'picture.handed_in': ['make_renditions'],
  'fulfillment.shipped': ['send_shipment_notice', 'settle_vendor_orders', 'queue_webhooks'],
  'fulfillment.delivered': ['settle_vendor_orders', 'queue_webhooks'],
  'auth.password_reset': ['send_password_reset'],
  'auth.verification_requested': ['send_verification'],
  'auth.second_factor_changed': ['send_factor_notice'],
  'invite.sent': ['send_invite'],
  'vendor.rejected': ['send_rejection'],
  'product.proposed': ['note_proposal'],
  'product.reviewed': ['send_product_review'],
  'order.transfer_requested': ['send_transfer_request'],
  'refund.requested': ['resume_refund'],
  'refund.settled': ['settle_vendor_orders', 'send_refund_notice', 'queue_webhooks'],
  'order.credited': ['settle_vendor_orders'],
  'order.payment_captured': ['issue_gift_cards', 'settle_vendor_orders', 'send_payment_receipt', 'queue_webhooks'],
  'order.canceled': ['send_cancellation', 'queue_webhooks'],
  'order.edit_requested': ['send_edit_notice'],
  'order.edit_confirmed': ['send_edit_notice', 'queue_webhooks'],
  'order.payment_requested': ['send_payment_request'],
  'exchange.requested': ['send_exchange_notice'],
  'return.requested': ['send_return_notice', 'queue_webhooks'],
  'return.received': ['send_return_notice', 'queue_webhooks'],
  'return.canceled': ['send_return_cancellation'],
  'exchange.canceled': ['send_exchange_cancellation'],
  'gift_cards.issued': ['send_gift_cards', 'settle_vendor_orders'],
  'payment.cancel_requested': ['cancel_payment'],
  'payment.exchanged': ['settle_vendor_orders'],
  'payment_session.ended': ['end_payment_session'],
  'payment_session.check': ['check_payment_session'],
  'dispute.changed': ['settle_vendor_orders', 'queue_webhooks'],
  'reconciliation.due': ['start_nightly_reconciliation'],
  'reconciliation.requested': ['reconcile'],
  'payment_events.due': ['list_payment_events'],
  'payment_events.outdated': ['sweep_payment_events'],
  'payment_events.parked': ['send_parked_events_alarm'],
  'payment.event_received': ['handle_payment_event'],
  'release.requested': ['settle_vendor_order'],
  'payable.due': ['settle_vendor_order'],
  'vendor.payable_changed': ['settle_vendor'],
  'store_balance.due': ['settle_store_balance'],
  'seller_reminders.due': ['remind_sellers'],
  'reconciliation.found': ['send_exceptions_notice'],
  'seller.reminded': ['send_seller_reminder'],
  'store.release_policy_changed': ['settle_vendors'],
  'carts.outdated': ['sweep_carts'],
  'payout_run.due': ['run_payouts'],
  'webhook.due': ['deliver_webhooks'],
  'webhook_endpoint.disabled': ['send_webhook_notice'],
} as const satisfies Record<EventName, readonly string[]>

export type HandlerName = (typeof handlersOf)[EventName][number]
