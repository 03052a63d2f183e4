import type http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Api } from './api.js'
import { controlOf } from './control.js'
import { duties } from './duties.js'
import { close, createApiServer, createControlServer, listen } from './server.js'
import { StateFile } from './state-file.js'
import type { Settings, SimulatorControl, SimulatorOptions, StripeSimulator } from './types.js'
import { World } from './world.js'

export { signatureHeader } from './deliveries.js'
export type { Faults, SimulatorControl, SimulatorOptions, Snapshot, StripeSimulator } from './types.js'

/** So often the background looks for what is due. */
const tick_ms = 100

/** A Stripe of one's own, in this process. See README.md for what it does and does not. */
export async function startStripeSimulator(options: SimulatorOptions = {}): Promise<StripeSimulator> {
  const world = new World(settingsOf(options), duties)
  const api = new Api(world)
  const control = noting(world, controlOf(world, api))
  const stateFile = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, world)
  const portBefore = stateFile?.restore()
  const server = createApiServer(world, api)
  const controlServer = createControlServer(control)
  const port = await listenAgain(server, options.port ?? portBefore ?? 0, options.port === undefined)
  const url = `http://127.0.0.1:${port}`
  world.settings.url = url
  const controlPort = await listen(controlServer, options.controlPort ?? 0)
  stateFile?.follow(port)
  const background = startBackground(world)
  return {
    url,
    port,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    control,
    async stop() {
      await background.stop()
      await close(server)
      await close(controlServer)
      stateFile?.close()
      if (api.violations.length > 0) throw new Error(`the Stripe simulator answered what Stripe would not:\n${api.violations.join('\n')}`)
    },
  }
}

/** What the SDK needs to talk to a simulator; the first parameter of `new Stripe` is sk_test_<any name>. */
export function stripeOptionsFor(simulator: StripeSimulator): { host: string; port: number; protocol: 'http'; telemetry: false } {
  return { host: '127.0.0.1', port: simulator.port, protocol: 'http', telemetry: false }
}

/** On the port of before if it is free: where another has taken it, any will do. */
async function listenAgain(server: http.Server, port: number, elsewhere: boolean): Promise<number> {
  try {
    return await listen(server, port)
  } catch (error) {
    if (!elsewhere || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return listen(server, 0)
  }
}

/** The control, after each use of which the world may have changed. */
function noting(world: World, control: SimulatorControl): SimulatorControl {
  const note = async (answer: unknown) => {
    await Promise.resolve(answer).catch(() => undefined)
    world.changed()
  }
  return new Proxy(control, {
    get:
      (target, name: keyof SimulatorControl) =>
      (...values: never[]) => {
        const answer = (target[name] as (...given: never[]) => unknown)(...values)
        void note(answer)
        return answer
      },
  })
}

function settingsOf(options: SimulatorOptions): Settings {
  return {
    seed: options.seed ?? 1,
    clock: options.clock ?? 'virtual',
    startAt: options.startAt,
    validate: options.validate ?? true,
    signatures: options.signatures ?? 'real',
    autoDeliver: options.autoDeliver ?? false,
    balanceTransactions: options.balanceTransactions ?? 'async',
    country: options.country ?? 'US',
    settlement: options.settlement,
    overdraft: options.overdraft ?? false,
    fees: { rate_basisPoints: 290, fixed: 30, dispute: 1_500, disputeReturned: false, ...options.fees },
    faults: {
      dropAfter: 0,
      failBefore500: 0,
      failAfter500: 0,
      rateLimit429: 0,
      lockTimeout429: 0,
      latency_ms: [0, 0],
      delivery: { duplicate: [1, 1], reorder: false, delay_ms: [0, 0], drop: 0 },
    },
    url: '',
  }
}

/** Under the real clock what is due happens by itself; with `autoDeliver` events are delivered as they come. */
function startBackground(world: World): { stop(): Promise<void> } {
  const { clock, autoDeliver } = world.settings
  let stopped = clock !== 'real' && !autoDeliver
  const work = (async () => {
    while (!stopped) {
      if (clock === 'real') world.advance(0)
      if (autoDeliver) await world.deliveries.run()
      await sleep(tick_ms, undefined, { ref: false })
    }
  })()
  return {
    async stop() {
      stopped = true
      await Promise.race([work, sleep(2 * tick_ms)])
    },
  }
}
