import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Services } from './services.js'

export interface Metrics {
  registry: Registry
  /** One request that was answered. */
  note(method: string, route: string, status: number, duration_s: number): void
}

/** Figures for Prometheus: of this process, so that each process is scraped; those of the whole deployment are the same wherever they are read. */
export function metricsOf({ db, figures, log }: Pick<Services, 'db' | 'figures' | 'log'>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'stoa_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  const answered = new Counter({
    name: 'stoa_http_requests_total',
    help: 'Requests answered',
    registers: [registry],
  })
  for (const [name, help, read] of [
    ['stoa_db_statements_total', 'SQL statements, transaction control left out', () => db.statistics.statements],
    ['stoa_db_round_trips_total', 'Network round trips to the database', () => db.statistics.roundTrips],
    ['stoa_db_transactions_total', 'Transactions', () => db.statistics.transactions],
  ] as const) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  }
  for (const { name, help, read } of figures) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(await read())
        } catch (error) {
          // Without the database the process's own figures are wanted most.
          this.set(Number.NaN)
          log.warn({ err: error }, `the figure ${name} could not be read`)
        }
      },
    })
  }
  return {
    registry,
    note(method, route, status, duration_s) {
      durations.observe({ method, route, status }, duration_s)
      answered.inc()
    },
  }
}
