import { z } from 'zod'
import {
  type CommissionRuleRow,
  createCommissionRule,
  deleteCommissionRule,
  listCommissionRulesStatement,
  type SimulatedCommission,
  simulateCommissions,
  updateCommissionRule,
} from '../../commissions/index.js'
import { tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, type Route, route } from '../../http/index.js'
import { type Clock, invalidData, isCurrency, limits, toMajor, toMinor } from '../../kernel/index.js'
import { amount, deleted, id, idList, ids, moment, name, needWholeStore, percent, percentOf, ppmOf, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'name',
    'vendor_id',
    'product_type_id',
    'product_category_id',
    'rate',
    'fixed',
    'currency_code',
    'is_active',
    'created_at',
    'updated_at',
  ],
}

const rules = reading({
  path: '/admin/commission-rules',
  singular: 'commission_rule',
  plural: 'commission_rules',
  label: 'Commission rule',
  access: 'commissions:read',
  query: z.strictObject({ id: ids, vendor_id: ids }),
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listCommissionRulesStatement(tenantOf(context), { id: query.id ?? null, vendorId: query.vendor_id ?? null }, page),
    ),
  render: renderRule,
})

/** The rate in per cent, the fixed amount in major units of the rule's currency. */
function renderRule({ rate_ppm, fixed_minor, ...rule }: CommissionRuleRow): object {
  const fixed = rule.currency_code === null ? 0 : toMajor(fixed_minor, rule.currency_code)
  return { ...rule, rate: percentOf(rate_ppm), fixed }
}

const limited = {
  vendor_id: id.nullish(),
  product_type_id: id.nullish(),
  product_category_id: id.nullish(),
}
const limitIds = { vendor_id: 'vendor', product_type_id: 'product_type', product_category_id: 'product_category' }

function fixedOf(fixed: number, currency: string | null): bigint {
  if (currency !== null && !isCurrency(currency)) throw invalidData(`Currency with code: ${currency} is not known`)
  if (fixed === 0) return 0n
  if (currency === null) throw invalidData('A fixed amount needs its currency_code')
  return toMinor(fixed, currency)
}

const newRule = z.strictObject({
  name,
  ...limited,
  rate: percent.default(0),
  fixed: amount.default(0),
  currency_code: currencyCode.nullish(),
})

function ruleInput({ rate, fixed, ...rest }: z.output<typeof newRule>) {
  const currency = rest.currency_code ?? null
  return {
    name: rest.name,
    vendor_id: rest.vendor_id ?? null,
    product_type_id: rest.product_type_id ?? null,
    product_category_id: rest.product_category_id ?? null,
    currency_code: currency,
    rate_ppm: ppmOf(rate),
    fixed_minor: fixedOf(fixed, currency),
  }
}

/** The calendar month before this one, in UTC. */
function lastMonth(clock: Clock): { from: Date; to: Date } {
  const now = clock.now()
  const monthOf = (shift: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + shift, 1))
  return { from: monthOf(-1), to: monthOf(0) }
}

/** Amounts in major units; `difference` is what the store would have earned more. */
function renderSimulated({ base_minor, actual_minor, simulated_minor, ...of }: SimulatedCommission): object {
  const major = (minor: bigint) => toMajor(minor, of.currency_code)
  return {
    ...of,
    base: major(base_minor),
    actual: major(actual_minor),
    simulated: major(simulated_minor),
    difference: major(simulated_minor - actual_minor),
  }
}

export const routes: Route[] = [
  ...rules.routes,
  // Before /admin/commission-rules/:id, which would take "simulate" for an id.
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/commission-rules/simulate',
    summary:
      "What sales from `from` until before `to` (last month's unless said) would have paid with rules added and removed, refunds aside; changes nothing",
    access: 'commissions:read',
    body: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      add: z.array(newRule).max(limits.rulesTried).default([]),
      remove: idList.default([]),
    }),
    ids: {
      'add.vendor_id': 'vendor',
      'add.product_type_id': 'product_type',
      'add.product_category_id': 'product_category',
      remove: 'commission_rule',
    },
    async handle({ context, body, ability }) {
      needWholeStore({ ability }, 'commissions:read')
      const month = lastMonth(context.clock)
      const { from = month.from, to = body.from === undefined ? month.to : context.clock.now(), add, remove } = body
      if (from >= to) throw invalidData('from must be before to')
      const vendors = await simulateCommissions(context, { from, to, add: add.map(ruleInput), remove })
      return { simulation: { from, to, vendors: vendors.map(renderSimulated) } }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/commission-rules',
    summary: 'Create a commission rule: a rate, a fixed amount per line, or both',
    access: 'commissions:write',
    body: newRule,
    fields,
    ids: limitIds,
    async handle(request) {
      const input = ruleInput(request.body)
      return rules.answer(request, await write(request, (unit) => createCommissionRule(unit, input)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/commission-rules/:id',
    summary: 'Change a commission rule for sales from now on',
    access: 'commissions:write',
    body: z.strictObject({
      name: name.optional(),
      ...limited,
      rate: percent.optional(),
      /** With its currency, since the amount is in it. */
      fixed: amount.optional(),
      currency_code: currencyCode.nullish(),
      is_active: z.boolean().optional(),
    }),
    fields,
    ids: { ...limitIds, id: 'commission_rule' },
    async handle(request) {
      const { rate, fixed, ...rest } = request.body
      if ((fixed === undefined) !== (rest.currency_code === undefined)) throw invalidData('fixed and currency_code are changed together')
      const patch = {
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        ...(rate === undefined ? {} : { rate_ppm: ppmOf(rate) }),
        ...(fixed === undefined ? {} : { fixed_minor: fixedOf(fixed, rest.currency_code ?? null) }),
      }
      const wanted = request.params.id as string
      await write(request, (unit) => updateCommissionRule(unit, wanted, patch))
      return rules.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/commission-rules/:id',
    summary: 'Remove a commission rule',
    access: 'commissions:write',
    ids: { id: 'commission_rule' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteCommissionRule(unit, wanted))
      return deleted('commission_rule', wanted)
    },
  }),
]
