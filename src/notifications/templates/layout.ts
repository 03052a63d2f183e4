import { toMajor } from '../../kernel/index.js'

export interface RenderedMail {
  subject: string
  text: string
  html: string
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text from people (names, titles) for use inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
}

/** An amount as the reader expects it: `$10.50`, `¥1,200`. */
export function formatMoney(minor: bigint | number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() }).format(toMajor(minor, currency))
}

/** The frame that all mails share. `body` is HTML made from escaped parts. */
export function page(title: string, body: string, footer: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>` +
    `<body style="margin:0;background:#f4f4f2;font:16px/1.5 system-ui,sans-serif;color:#222">` +
    `<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff">` +
    `<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(title)}</h1>${body}` +
    `<p style="margin-top:32px;color:#777;font-size:13px">${escapeHtml(footer)}</p></div></body></html>`
  )
}
