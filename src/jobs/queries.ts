import { type Statement, statement } from '../db/index.js'

/** An outbox row that this process has leased: the envelope of a job. The tenant is the row's, never the payload's. */
export interface Job {
  tenant_id: string
  id: string
  name: string
  handler: string
  payload: Record<string, unknown>
  attempts: number
  request_id: string | null
}

export interface Claim {
  /** Rows taken at most. */
  most: number
  /** Rows of one tenant taken at most, so that one busy tenant delays no other. */
  mostPerTenant: number
  /** After this the row is due again: whoever took it is presumed dead. */
  lease_ms: number
  /** Tenants behind this one come first; the caller moves it on, so that with more tenants than `most` none starves. */
  afterTenant: string
}

/**
 * Takes due rows, a few of each tenant. Tenants are found by skipping through the index instead of reading every due
 * row: 100 000 rows of one tenant cost the same as one. A leased row becomes due again when its lease ends, so a
 * worker that dies loses nothing.
 */
export function claimStatement(claim: Claim): Statement<Job> {
  return statement(
    'jobs.claim',
    `with recursive tenants as (
       (select tenant_id from outbox_event where state in ('queued', 'leased') order by tenant_id limit 1)
       union all
       select (select e.tenant_id from outbox_event e
               where e.state in ('queued', 'leased') and e.tenant_id > t.tenant_id order by e.tenant_id limit 1)
       from tenants t where t.tenant_id is not null
     ), due as (
       select d.tenant_id, d.id
       from (select tenant_id from tenants where tenant_id is not null
             order by (tenant_id > $4::uuid) desc, tenant_id) t
       cross join lateral (
         select e.tenant_id, e.id from outbox_event e
         where e.tenant_id = t.tenant_id and e.state in ('queued', 'leased') and e.available_at <= now()
         order by e.available_at, e.id limit $2 for update skip locked
       ) d
       limit $1
     )
     update outbox_event e
     set state = 'leased', attempts = e.attempts + 1,
         available_at = now() + $3 * interval '1 millisecond', leased_until = now() + $3 * interval '1 millisecond'
     from due where e.tenant_id = due.tenant_id and e.id = due.id
     returning e.tenant_id, e.id, e.name, e.handler, e.payload, e.attempts, e.request_id`,
    [claim.most, claim.mostPerTenant, claim.lease_ms, claim.afterTenant],
  )
}

/** Marks a job done; no row when its lease was lost to another worker meanwhile. */
export function doneStatement(job: Job): Statement<{ id: string }> {
  return statement(
    'jobs.done',
    `update outbox_event set state = 'done', finished_at = now(), leased_until = null, last_error = null
     where tenant_id = $1 and id = $2 and state = 'leased' and attempts = $3 returning id`,
    [job.tenant_id, job.id, job.attempts],
  )
}

/** Puts a job back for another try after `delay_ms`, or sets it aside as failed when `delay_ms` is null. */
export function failedStatement(job: Job, error: string, delay_ms: number | null): Statement<{ id: string }> {
  return statement(
    'jobs.failed',
    `update outbox_event
     set state = case when $4::float8 is null then 'failed' else 'queued' end,
         finished_at = case when $4::float8 is null then now() end,
         available_at = now() + coalesce($4::float8, 0) * interval '1 millisecond',
         leased_until = null, last_error = $5
     where tenant_id = $1 and id = $2 and state = 'leased' and attempts = $3 returning id`,
    [job.tenant_id, job.id, job.attempts, delay_ms, error],
  )
}

/** Whether a job that arrives over Redis is still this worker's to run. */
export function stillLeasedStatement(job: Job): Statement<{ id: string }> {
  return statement(
    'jobs.still_leased',
    `select id from outbox_event
     where tenant_id = $1 and id = $2 and state = 'leased' and attempts = $3 and leased_until > now()`,
    [job.tenant_id, job.id, job.attempts],
  )
}

/** Removes finished rows after their retention, a batch at a time. The policy `sweep` lets nothing unfinished go. */
export function sweepStatement(retention_days: number, most: number): Statement<{ id: string }> {
  return statement(
    'jobs.sweep',
    `delete from outbox_event where (tenant_id, id) in (
       select tenant_id, id from outbox_event
       where state = 'done' and finished_at < now() - $1 * interval '1 day'
       order by finished_at limit $2 for update skip locked)
     returning id`,
    [retention_days, most],
  )
}

export interface FailedJob extends Job {
  last_error: string | null
  finished_at: Date
}

export function failedJobsStatement({ limit, offset }: { limit: number; offset: number }): Statement<FailedJob & { count: number }> {
  return statement(
    'jobs.list_failed',
    `select tenant_id, id, name, handler, payload, attempts, request_id, last_error, finished_at,
            count(*) over ()::int as count
     from outbox_event where state = 'failed' order by finished_at desc, id limit $1 offset $2`,
    [limit, offset],
  )
}

/** Gives a failed job its tries back; no row when there is no such failed job. */
export function retryFailedStatement(id: string): Statement<{ id: string }> {
  return statement(
    'jobs.retry_failed',
    `update outbox_event set state = 'queued', attempts = 0, available_at = now(), finished_at = null
     where id = $1 and state = 'failed' returning id`,
    [id],
  )
}
