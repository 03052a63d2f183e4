import nodemailer from 'nodemailer'
import { assertNoUnit } from '../../db/index.js'
import type { Mailer } from '../../notifications/index.js'

const timeout_ms = 10_000

/**
 * Sends by SMTP. Throws when the server refuses or does not answer in time; the caller's job is tried again.
 * @param smtpUrl for example smtp://127.0.0.1:1025
 */
export function smtpMailer(smtpUrl: string): Mailer {
  const transport = nodemailer.createTransport(smtpUrl, {
    connectionTimeout: timeout_ms,
    greetingTimeout: timeout_ms,
    socketTimeout: timeout_ms,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as object)
  return {
    async send(mail) {
      assertNoUnit('sending mail')
      await transport.sendMail(mail)
    },
    close: () => transport.close(),
  }
}
