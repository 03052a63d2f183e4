/** The port to the outside (src/providers/webhooks). */
export interface WebhookCaller {
  /** Posts a body, once. Never throws for what the other side does: that is what came of it. */
  call(request: WebhookRequest): Promise<WebhookAnswer>
  /** A turn to call, to be given back by what is answered; null where this process calls as many as it may at once, and none ends soon. */
  takeTurn(): Promise<(() => void) | null>
}

export interface WebhookRequest {
  url: string
  headers: Record<string, string>
  body: string
}

export interface WebhookAnswer {
  /** Null where there was none. */
  status: number | null
  /** The beginning of what was answered. */
  body: string | null
  /** Why there was no answer, or why it is no good one; null for 2xx. */
  error: string | null
  duration_ms: number
}
