import os from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { asAdmin } from '../support/database.js'
import { drive, type Measured } from './load.js'
import { benchSlug, catalogue, makeStage, poolMax, type Served, type Stage, floorStepsOf, serveApi, serveFloor } from './stage.js'
import { measurePages, type PageSpeed, thresholds } from './page-speed.js'
import { processTime, processTreeTime, usageOf } from './usage.js'
import { productDataName, productPageName, type Workload, workloadsOf } from './workloads.js'

// Started by infra/bench.mjs.

const connections = 10
const seconds = secondsFrom(process.env.BENCH_SECONDS ?? '8')
/** Every connection plans each statement once: ten checkouts at a time take that long to have all been through. */
const warmUp_s = Math.min(10, seconds)

interface Row extends Measured {
  workload: Workload
  apiCpu_ms: number
  databaseCpu_ms: number | undefined
  statements: number
  roundTrips: number
  floor: (Measured & { cpu_ms: number | undefined; databaseCpu_ms: number | undefined }) | null
}

const stage = await makeStage()
try {
  const workloads = workloadsOf(stage.shop)
  await describe(stage)
  const floors = await measureFloors(stage, workloads)
  const api = await serveApi(stage)
  const rows: Row[] = []
  let pages: PageSpeed[] | null = null
  try {
    for (const workload of workloads) rows.push(await measure(stage, api, workload, floors.get(workload.name) ?? null))
    pages = await measurePages(Number(new URL(api.url).port))
  } finally {
    // The load leaves requests behind when its time is over: their answers go nowhere, their failures would be logged.
    await pause(2_000)
    await api.stop()
  }
  print(rows)
  printPages(pages)
} finally {
  await stage.stop()
}

function secondsFrom(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 3_600) return value
  console.error(`stoa: BENCH_SECONDS=${text}: a whole number from 1 to 3600`)
  process.exit(1)
}

async function describe({ adminUrl }: Stage): Promise<void> {
  const [row] = await asAdmin<{ server_version: string }>(adminUrl, 'show server_version')
  const pinned = (process.env.BENCH_PIN ?? '') === '' ? 'not pinned' : 'pinned to one core'
  console.log(`${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores; the API is ${pinned}`)
  console.log(
    `Node ${process.versions.node}, PostgreSQL ${row?.server_version} with durable commits, pool of ${poolMax}, ${connections} connections`,
  )
  console.log(
    `${catalogue.products} products of ${catalogue.variantsPerProduct} variants; ${seconds} s for each workload after ${warmUp_s} s to warm up\n`,
  )
}

/** All floors first, from one process, so that the API's process and the floor's never run at once. */
async function measureFloors(on: Stage, workloads: readonly Workload[]): Promise<Map<string, NonNullable<Row['floor']>>> {
  const floors = new Map<string, NonNullable<Row['floor']>>()
  const floor = await serveFloor(on, workloads)
  try {
    for (const workload of workloads.filter(({ reads, writes }) => reads.length > 0 || writes === true)) {
      const load = { url: floor.url, headers: {}, steps: floorStepsOf(workload), connections }
      await drive({ ...load, seconds: warmUp_s })
      await asAdmin(on.adminUrl, 'analyze')
      const before = [processTime(floor.pid), processTreeTime(on.postmaster)] as const
      const measured = await drive({ ...load, seconds })
      const after = [processTime(floor.pid), processTreeTime(on.postmaster)] as const
      const each_ms = (index: 0 | 1) => {
        const [began, ended] = [before[index], after[index]]
        return began === undefined || ended === undefined ? undefined : ((ended - began) * 1_000) / measured.operations
      }
      floors.set(workload.name, { ...measured, cpu_ms: each_ms(0), databaseCpu_ms: each_ms(1) })
    }
  } finally {
    await floor.stop()
  }
  return floors
}

async function measure(on: Stage, api: Served, workload: Workload, floor: Row['floor']): Promise<Row> {
  const headers: Record<string, string> =
    workload.page === true ? { host: `${benchSlug}.localhost` } : { 'x-publishable-api-key': on.publishableKey }
  const load = { url: api.url, headers, steps: workload.steps, connections }
  await drive({ ...load, seconds: warmUp_s })
  // What autovacuum does within a minute of a table's first rows: plans made for empty tables read all of a full one.
  await asAdmin(on.adminUrl, 'analyze')
  const before = await usageOf(api.url, on.postmaster)
  const measured = await drive({ ...load, seconds })
  const after = await usageOf(api.url, on.postmaster)
  await workload.check?.(on.adminUrl, measured.operations)
  const each = (value: number) => value / measured.operations
  const databaseCpu_s =
    before.databaseCpu_s === undefined || after.databaseCpu_s === undefined ? undefined : after.databaseCpu_s - before.databaseCpu_s
  return {
    ...measured,
    workload,
    floor,
    apiCpu_ms: each(after.apiCpu_s - before.apiCpu_s) * 1_000,
    databaseCpu_ms: databaseCpu_s === undefined ? undefined : each(databaseCpu_s) * 1_000,
    statements: each(after.statements - before.statements),
    roundTrips: each(after.roundTrips - before.roundTrips),
  }
}

function print(rows: readonly Row[]): void {
  table(
    ['', 'per s', 'p50 ms', 'p99 ms', 'API CPU ms', 'DB CPU ms', 'statements', 'round trips'],
    rows.map((row) => [
      row.workload.name,
      figure(row.perSecond),
      figure(row.p50_ms),
      figure(row.p99_ms),
      figure(row.apiCpu_ms),
      figure(row.databaseCpu_ms),
      figure(row.statements),
      figure(row.roundTrips),
    ]),
  )
  const cpuOf = (name: string) => rows.find(({ workload }) => workload.name === name)?.apiCpu_ms ?? Number.NaN
  console.log(
    `\nA product page takes ${figure(cpuOf(productPageName) / cpuOf(productDataName))} × the CPU of the Store API's calls with the same data`,
  )
  console.log('\nThe floor: the same statements through bare pg behind bare node:http, in this run')
  table(
    ['', 'per s', 'p50 ms', 'CPU ms', 'DB CPU ms', 'Stoa reaches', "Stoa's CPU is"],
    rows.flatMap(({ workload, floor, perSecond, apiCpu_ms }) =>
      floor === null
        ? []
        : [
            [
              workload.name,
              figure(floor.perSecond),
              figure(floor.p50_ms),
              figure(floor.cpu_ms),
              figure(floor.databaseCpu_ms),
              `${figure((100 * perSecond) / floor.perSecond)} %`,
              floor.cpu_ms === undefined ? '' : `${figure(apiCpu_ms / floor.cpu_ms)} ×`,
            ],
          ],
    ),
  )
  console.log('\nOthers per second, on one core of another machine: for scale only')
  table(
    ['', 'Stoa', 'Medusa 2', 'ratio', 'Vendure 3', 'ratio'],
    rows.flatMap(({ workload, perSecond }) => {
      if (workload.others === null) return []
      const { medusa, vendure } = workload.others
      const ratio = (other: string) => `${figure(perSecond / Number(other))} ×`
      return [[workload.name, figure(perSecond), medusa, ratio(medusa), vendure, ratio(vendure)]]
    }),
  )
}

/** What is over its threshold is marked: on a machine that does other things at the same time, all times are. */
function printPages(pages: readonly PageSpeed[] | null): void {
  if (pages === null) return console.log('\nPages were not measured: there is no Chromium on the PATH')
  const marked = (name: keyof typeof thresholds, page: PageSpeed, text: string) => `${page[name] > thresholds[name] ? '! ' : ''}${text}`
  const load = os.loadavg()[0] as number
  console.log('\nPages on a phone: 390 pixels wide, processor slowed four times, 1.6 Mbit/s, nothing cached, median of three')
  if (load > os.cpus().length) console.log(`The machine's load is ${figure(load)}: times say more of it than of the pages`)
  table(
    ['', 'LCP ms', 'CLS', 'TBT ms', 'script kB', 'all but pictures kB', 'all kB'],
    [
      ...pages.map((page) => [
        `${page.store} ${page.page}`,
        marked('lcp_ms', page, page.lcp_ms.toFixed(0)),
        marked('cls', page, page.cls.toFixed(3)),
        marked('tbt_ms', page, page.tbt_ms.toFixed(0)),
        marked('script_bytes', page, (page.script_bytes / 1_000).toFixed(1)),
        marked('lean_bytes', page, (page.lean_bytes / 1_000).toFixed(1)),
        (page.all_bytes / 1_000).toFixed(1),
      ]),
      ['good', String(thresholds.lcp_ms), String(thresholds.cls), String(thresholds.tbt_ms), '50', '100', ''],
    ],
  )
}

/** Three digits that matter. */
function figure(value: number | undefined): string {
  if (value === undefined) return 'unknown'
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number))).join('  ')
  for (const cells of [head, ...rows]) console.log(line(cells))
}
