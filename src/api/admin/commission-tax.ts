import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { issuerStatement, setCommissionTax, taxTreatments, treatedVendorsStatement, treatVendor } from '../../payouts/index.js'
import { type AnyRequest, name, needWholeStore, percent, percentOf, ppmOf, text, write } from './shared.js'

async function answer({ context }: AnyRequest) {
  const tenantId = tenantOf(context)
  const [[issuer], vendors] = await context.db.readAll(context.scope, [issuerStatement(tenantId), treatedVendorsStatement(tenantId)])
  if (issuer === undefined) throw notFound('The store was not found')
  const { commission_tax_ppm, ...named } = issuer
  return { commission_tax: { rate: percentOf(commission_tax_ppm), ...named, vendors } }
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/commission-tax',
    summary: "The tax that is in the store's commission, who issues its invoices, and vendors that are not treated as most are",
    access: 'payouts:read',
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/commission-tax',
    summary: 'Set the rate in per cent, or who issues the invoices; for documents from now on',
    access: 'payouts:write',
    body: z.strictObject({
      rate: percent.optional(),
      legal_name: name.nullish(),
      legal_address: text.trim().min(1).nullish(),
      vat_number: z.string().trim().min(1).max(50).nullish(),
    }),
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const { rate, ...named } = request.body
      const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
      const patch = rate === undefined ? given : { ...given, commission_tax_ppm: ppmOf(rate) }
      await write(request, (unit) => setCommissionTax(unit, patch))
      return answer(request)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/commission-tax',
    summary: "Say how a vendor's commission is taxed: at the store's rate, by the vendor itself (reverse charge), or not",
    access: 'payouts:write',
    body: z.strictObject({ treatment: z.enum(taxTreatments) }),
    ids: { id: 'vendor' },
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      await write(request, (unit) => treatVendor(unit, request.params.id as string, request.body.treatment))
      return answer(request)
    },
  }),
]
