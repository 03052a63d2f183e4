import { type Database, type Statement, statement, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, newId } from '../../kernel/index.js'

/** What a plan costs its stores: a share of each order's net sum, and an amount per order and currency (minor units). */
export interface PlanInput {
  name: string
  fee_rate_ppm: number
  fee_fixed: Record<string, number>
}

export interface PlanRow extends PlanInput {
  id: string
  created_at: Date
  count: number
}

const standardPlan = 'Standard'

/** The plan of stores that name none; free until the operator changes it. Two that make it at once get the same. */
export async function ensureStandardPlan(unit: Unit): Promise<string> {
  await unit.run(
    statement('platform.ensure_plan', 'insert into platform.plan (id, name) values ($1, $2) on conflict (name) do nothing', [
      newId('plan'),
      standardPlan,
    ]),
  )
  return standardPlan
}

/** Adds a plan. Throws duplicate_error for a taken name. */
export async function createPlan(db: Database, input: PlanInput): Promise<string> {
  const id = newId('plan')
  try {
    await db.unitOfWork({ role: 'platform' }, (unit) =>
      unit.run(
        statement('platform.insert_plan', 'insert into platform.plan (id, name, fee_rate_ppm, fee_fixed) values ($1, $2, $3, $4)', [
          id,
          input.name,
          input.fee_rate_ppm,
          JSON.stringify(input.fee_fixed),
        ]),
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`There is a plan named ${input.name} already`)
    throw error
  }
  return id
}

export function listPlansStatement(page: { limit: number; offset: number }): Statement<PlanRow> {
  return statement(
    'platform.list_plans',
    `select id, name, fee_rate_ppm, fee_fixed, created_at, count(*) over ()::int as count from platform.plan
     order by id limit $1 offset $2`,
    [page.limit, page.offset],
  )
}
