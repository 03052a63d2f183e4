import { createHmac } from 'node:crypto'
import http from 'node:http'
import type { Chance } from './random.js'
import type { Settings } from './types.js'

interface Surroundings {
  readonly settings: Settings
  readonly chance: Chance
  now_ms(): number
  changed(): void
}

/** Where events go, and the secret that signs them. */
export interface Destination {
  url: string
  secret: string
}

export interface Delivery {
  body: string
  destination: Destination
  due_ms: number
  attempts: number
}

/** After a failed attempt: so long until the next. Stripe goes on for three days. */
const backOff_ms = [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000, 86_400_000, 86_400_000]
const answer_ms = 20_000

/** The queue of webhooks. It holds back, repeats, shuffles and loses as the faults say. */
export class Deliveries {
  #queue: Delivery[] = []
  /** Taken out of the queue, and not answered yet. */
  readonly #underway = new Set<Delivery>()

  constructor(readonly world: Surroundings) {}

  add(body: string, destination: Destination): void {
    const { world } = this
    const { delivery } = world.settings.faults
    if (world.chance.draw('delivery/drop') < delivery.drop) return
    const copies = world.chance.within(delivery.duplicate, 'delivery/copies')
    for (let copy = 0; copy < copies; copy++) {
      const due_ms = world.now_ms() + world.chance.within(delivery.delay_ms, 'delivery/delay')
      this.#queue.push({ body, destination, due_ms, attempts: 0 })
    }
  }

  clear(): void {
    this.#queue = []
  }

  /** What is not known to have arrived: after a restart it is delivered once more. */
  saved(): Delivery[] {
    return [...this.#underway, ...this.#queue]
  }

  restore(saved: readonly Delivery[]): void {
    this.#queue = [...saved]
  }

  /** Delivers what is due, one after another, and returns how many were answered with 2xx. */
  async run(): Promise<number> {
    const now_ms = this.world.now_ms()
    const due = this.#queue.filter((delivery) => delivery.due_ms <= now_ms)
    this.#queue = this.#queue.filter((delivery) => delivery.due_ms > now_ms)
    const order = this.world.settings.faults.delivery.reorder ? this.world.chance.shuffled(due, 'delivery/order') : due
    let accepted = 0
    for (const delivery of order) this.#underway.add(delivery)
    for (const delivery of order) {
      if (await post(delivery, this.world)) accepted += 1
      else this.#again(delivery)
      this.#underway.delete(delivery)
    }
    if (order.length > 0) this.world.changed()
    return accepted
  }

  #again(delivery: Delivery): void {
    const wait_ms = backOff_ms[delivery.attempts]
    if (wait_ms === undefined) return
    this.#queue.push({ ...delivery, attempts: delivery.attempts + 1, due_ms: this.world.now_ms() + wait_ms })
  }
}

/**
 * Stripe's header. Its time is the real one unless the receivers' clock is the simulator's: they compare it with their own.
 */
export function signatureHeader(body: string, secret: string, at_ms = Date.now()): string {
  const time = Math.floor(at_ms / 1_000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}

function post({ body, destination }: Delivery, world: Surroundings): Promise<boolean> {
  const at_ms = world.settings.signatures === 'clock' ? world.now_ms() : Date.now()
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'stripe-signature': signatureHeader(body, destination.secret, at_ms),
  }
  return new Promise((resolve) => {
    const request = http.request(destination.url, { method: 'POST', headers, agent: false, timeout: answer_ms }, (response) => {
      response.resume()
      response.on('end', () => resolve((response.statusCode ?? 500) < 300))
      response.on('error', () => resolve(false))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
    request.end(body)
  })
}
