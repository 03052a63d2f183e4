import http from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { type SimulatorOptions, type StripeSimulator, startStripeSimulator, stripeOptionsFor } from '../../infra/local/stripe/index.js'

process.env.STRIPE_SUPPRESS_NOTICES = 'true'

/** A simulator and clients of it, for one suite. */
export interface Bench {
  simulator: StripeSimulator
  client(name?: string): Stripe
}

export async function startBench(options: SimulatorOptions = {}): Promise<Bench> {
  const simulator = await startStripeSimulator({ balanceTransactions: 'at_once', ...options })
  return { simulator, client: (name = 'shop') => new Stripe(`sk_test_${name}`, { ...stripeOptionsFor(simulator), maxNetworkRetries: 0 }) }
}

/** What was refused, as the SDK tells it. */
export async function refusal(work: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await work
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('this was expected to be refused')
}

export interface Receiver {
  url: string
  received: { body: string; signature: string }[]
  /** What is answered next; 200 when nothing is said. */
  statuses: number[]
  stop(): Promise<void>
}

/** Takes webhooks. */
export async function startReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = []
  const statuses: number[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['stripe-signature']) })
    response.writeHead(statuses.shift() ?? 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    received,
    statuses,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
