import path from 'node:path'
import type { Demo, DemoTenant, SignIn } from '../../seeds/demo.js'
import type { Config } from '../../src/config.js'

export interface Welcome {
  demo: Demo
  process: Config['process']
  home: string
  /** How jobs travel; null in a process without a worker. */
  jobs: string | null
  /** Null when mail goes to a given server. */
  mailPage: string | null
  /** Null when cards are charged at Stripe itself. */
  stripePage: string | null
}

const jobLines: Record<string, string> = {
  bull: 'through Bull on Redis',
  'in-process': 'in this process',
}

/** What is printed when everything runs: where it is, and how to sign in. A worker alone has nothing to sign in to. */
export function welcome({ demo, process, home, jobs, mailPage, stripePage }: Welcome): string {
  const address = demo.base_url
  const hasApi = process !== 'worker'
  const where = [
    ...(hasApi ? [line('API', address), line('Documentation', `${address}/docs`)] : []),
    ...(mailPage === null ? [] : [line('Mail caught', mailPage)]),
    line(
      'Stripe',
      stripePage === null ? 'the test account that was given' : `simulated; steered at ${stripePage}/_sim (infra/local/stripe/README.md)`,
    ),
    line('Jobs', jobs === null ? 'by another process' : (jobLines[jobs] ?? jobs)),
    line('Data', home),
  ]
  const toUse = [
    line('Operator', signIn(demo.operator)),
    ...demo.tenants.flatMap((tenant) => ['', ...storeLines(tenant, new URL(address).port)]),
    '',
    line('For programs', path.join(home, 'demo.json')),
    line('See it work', 'npm run demo:purchase     (in another terminal)'),
  ]
  return ['', 'Stoa runs.', '', ...where, ...(hasApi ? toUse : ['']), line('Stop', 'Ctrl-C'), ''].join('\n')
}

function storeLines(tenant: DemoTenant, port: string): string[] {
  return [
    line(`Store ${tenant.slug}`, `http://${tenant.host}${port === '' ? '' : `:${port}`}`),
    line('  publishable', tenant.publishable_key),
    line('  staff', signIn(tenant.staff)),
    line('  shopper', signIn(tenant.customer)),
    ...tenant.vendors.map((vendor, index) => line(index === 0 ? '  vendors' : '', signIn(vendor))),
  ]
}

function signIn({ email, password }: SignIn): string {
  return `${email.padEnd(34)} ${password}`
}

function line(title: string, content: string): string {
  return `  ${title.padEnd(16)} ${content}`
}
