export interface Mail {
  from: string
  to: string
  /** Who gets the answers, where that is not the sender. */
  replyTo?: string
  subject: string
  text: string
  html: string
  /** The same for every try at the same mail, so that a receiver can drop a second copy. */
  messageId: string
}

/** The port to the outside for mail. Not called inside a transaction. */
export interface Mailer {
  send(mail: Mail): Promise<void>
  close(): void
}
