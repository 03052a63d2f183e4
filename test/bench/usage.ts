import fs from 'node:fs'

/** What was used since a process began. */
export interface Usage {
  statements: number
  roundTrips: number
  apiCpu_s: number
  /** Undefined where /proc does not tell. */
  databaseCpu_s: number | undefined
}

const ticksPerSecond = 100

/** Reads the API's own figures from /metrics, and the time of the database's processes from the kernel. */
export async function usageOf(apiUrl: string, postmaster: number): Promise<Usage> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text()
  const figure = (name: string) => {
    const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
    if (value === undefined) throw new Error(`/metrics has no ${name}`)
    return Number(value)
  }
  return {
    statements: figure('stoa_db_statements_total'),
    roundTrips: figure('stoa_db_round_trips_total'),
    apiCpu_s: figure('process_cpu_seconds_total'),
    databaseCpu_s: processTreeTime(postmaster),
  }
}

/** Seconds of CPU of a process, of its children, and of its children that have ended; undefined where /proc does not tell. */
export function processTreeTime(pid: number): number | undefined {
  if (!fs.existsSync('/proc/self/stat')) return undefined
  let ticks = 0
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(name)
    if (fields === null) continue
    const [own, parent] = [Number(name), Number(fields[1])]
    if (own === pid) ticks += sum(fields.slice(11, 15))
    else if (parent === pid) ticks += sum(fields.slice(11, 13))
  }
  return ticks / ticksPerSecond
}

/** Fields of /proc/<pid>/stat from the third on (state, parent, …); null for a process that has just ended. */
function statOf(pid: string): string[] | null {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

function sum(values: readonly string[]): number {
  return values.reduce((total, value) => total + Number(value), 0)
}

/** The CPU time of one process, in seconds; undefined where /proc does not tell. */
export function processTime(pid: number): number | undefined {
  const fields = statOf(String(pid))
  return fields === null ? undefined : sum(fields.slice(11, 13)) / ticksPerSecond
}
