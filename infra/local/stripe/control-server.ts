import type { SimulatorControl } from './types.js'

interface Answer {
  status: number
  body: unknown
}

type Values = Record<string, unknown>

type Action = (control: SimulatorControl, values: Values, id: string, verb: string) => Promise<unknown> | unknown

const outcomes = { succeed: 'succeed', fail: 'fail' } as const
const closings = { won: 'won', lost: 'lost', warning_closed: 'warning_closed' } as const

/** The value among those that are allowed. */
function oneOf<T extends string>(choices: Record<T, T>, value: string): T {
  if (!Object.hasOwn(choices, value)) throw new Error(`${value} is none of ${Object.keys(choices).join(', ')}`)
  return choices[value as T]
}

/** By method and path; `:id` and `:verb` stand for parts of it. */
const actions: Record<string, Action> = {
  'POST /_sim/clock/advance': (control, { ms }) => control.advance(Number(ms)),
  'POST /_sim/chaos': (control, values) => control.setFaults(values),
  'POST /_sim/deliver': (control) => control.deliver(),
  'POST /_sim/payments/:id/confirm': (control, { payment_method }, id) => control.confirmPayment(id, String(payment_method)),
  'POST /_sim/3ds/:id/:verb': (control, _, id, verb) => control.complete3ds(id, oneOf(outcomes, verb)),
  'POST /_sim/accounts/:id/:verb': (control, { reason = 'identity.document' }, id, verb) => {
    if (verb === 'verify') return control.verifyAccount(id)
    if (verb === 'restrict') return control.restrictAccount(id, String(reason))
    if (verb === 'reject') return control.rejectAccount(id)
    if (verb === 'disconnect') return control.disconnectAccount(id)
    throw new Error(`${verb} is none of disconnect, verify, restrict, reject`)
  },
  'POST /_sim/disputes': (control, { charge, ...options }) => control.openDispute(String(charge), options),
  'POST /_sim/disputes/:id/:verb': (control, _, id, verb) =>
    verb === 'escalate' ? control.escalateDispute(id) : control.closeDispute(id, oneOf(closings, verb)),
  'POST /_sim/refunds/:id/fail': (control, _, id) => control.failRefund(id),
  'POST /_sim/payouts': (control, { account, currency }) => control.payOut(String(account), String(currency)),
  'POST /_sim/payouts/:id/fail': (control, _, id) => control.failPayout(id),
  'POST /_sim/fees': (control, { account, amount, currency }) => control.takeFee(String(account), Number(amount), String(currency)),
  'POST /_sim/events': (control, { type, object }) => control.createEvent(String(type), String(object)),
  'POST /_sim/reset': (control, { seed = 1 }) => control.reset(Number(seed)),
  'GET /_sim/snapshot': (control) => control.snapshot(),
  'GET /_sim/violations': (control) => control.violations(),
  'GET /_sim/clock': (control) => control.now(),
}

/** Does what a request to the control plane asks for: values come as JSON or in the query. */
export async function controlAnswer(control: SimulatorControl, method: string, address: URL, body: string): Promise<Answer> {
  const found = Object.entries(actions).find(([route]) => matches(route, method, address.pathname))
  if (found === undefined) return { status: 404, body: { error: 'no such action', actions: Object.keys(actions) } }
  const [route, action] = found
  const part = (name: string) => address.pathname.split('/')[route.split(' ')[1]?.split('/').indexOf(name) ?? -1] ?? ''
  try {
    const values = { ...Object.fromEntries(address.searchParams), ...(body === '' ? {} : (JSON.parse(body) as Values)) }
    return { status: 200, body: { result: (await action(control, values, part(':id'), part(':verb'))) ?? null } }
  } catch (error) {
    return { status: 400, body: { error: (error as Error).message } }
  }
}

function matches(route: string, method: string, pathname: string): boolean {
  const [wanted, pattern] = route.split(' ')
  const parts = pathname.split('/')
  const names = pattern?.split('/') ?? []
  return wanted === method && names.length === parts.length && names.every((name, index) => name.startsWith(':') || name === parts[index])
}
