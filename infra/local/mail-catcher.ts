import http from 'node:http'
import type net from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface CaughtMail {
  id: number
  at: string
  from: string
  to: string
  subject: string
  text: string
  html: string
  message_id: string
}

export interface MailCatcher {
  smtpUrl: string
  /** A page that lists the mails; JSON at /messages, one at /messages/:id. */
  pageUrl: string
  messages: readonly CaughtMail[]
  stop(): Promise<void>
}

const mailsKept = 500
const mail_bytes = 5_000_000

/** Receives every mail and delivers none, so that the demo can show what a shopper would get. Loopback only. */
export async function startMailCatcher(): Promise<MailCatcher> {
  const messages: CaughtMail[] = []
  let nextId = 1
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: mail_bytes,
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (mail) => {
          const to = Array.isArray(mail.to) ? mail.to.map((address) => address.text).join(', ') : (mail.to?.text ?? '')
          messages.push({
            id: nextId++,
            at: new Date().toISOString(),
            from: mail.from?.text ?? '',
            to,
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            html: mail.html || '',
            message_id: mail.messageId ?? '',
          })
          if (messages.length > mailsKept) messages.shift()
          done()
        },
        (error: Error) => done(error),
      )
    },
  })
  await new Promise<void>((resolve, reject) => {
    smtp.once('error', reject)
    smtp.listen(0, '127.0.0.1', resolve)
  })
  const page = http.createServer((request, response) => answer(messages, request, response))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  const smtpPort = (smtp.server.address() as net.AddressInfo).port
  const pagePort = (page.address() as net.AddressInfo).port
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    pageUrl: `http://127.0.0.1:${pagePort}`,
    messages,
    async stop() {
      page.closeAllConnections()
      await new Promise<void>((resolve) => page.close(() => resolve()))
      await new Promise<void>((resolve) => smtp.close(() => resolve()))
    },
  }
}

function answer(messages: readonly CaughtMail[], request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const one = /^\/messages\/(\d+)(\/html)?$/.exec(url.pathname)
  const mail = one === null ? undefined : messages.find((message) => message.id === Number(one[1]))
  // A mail is foreign content: it is shown without scripts, and cannot reach out.
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'")
  if (url.pathname === '/messages') return send(response, 'application/json', JSON.stringify({ messages }))
  if (mail !== undefined && one?.[2] !== undefined) return send(response, 'text/html; charset=utf-8', mail.html)
  if (mail !== undefined) return send(response, 'application/json', JSON.stringify(mail))
  if (url.pathname === '/') return send(response, 'text/html; charset=utf-8', listPage(messages))
  response.statusCode = 404
  send(response, 'text/plain', 'Not found\n')
}

function send(response: http.ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', type)
  response.end(body)
}

function listPage(messages: readonly CaughtMail[]): string {
  const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
  const rows = [...messages]
    .reverse()
    .map(
      (mail) =>
        `<details><summary><b>${escaped(mail.subject)}</b> to ${escaped(mail.to)} <small>${escaped(mail.at)}</small></summary>` +
        `<iframe sandbox src="/messages/${mail.id}/html" style="width:100%;height:480px;border:1px solid #ccc"></iframe></details>`,
    )
  const body = rows.length === 0 ? '<p>No mail yet. Buy something.</p>' : rows.join('')
  return `<!doctype html><meta charset="utf-8"><title>Mail caught by Stoa</title><body style="font:16px system-ui;max-width:720px;margin:32px auto"><h1>Mail caught</h1>${body}`
}
