import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, notFound } from '../kernel/index.js'
import { formOfNumbers, memberStateOf, refuseReverseCharge, vatNumberOf } from './vat-numbers.js'

/** How a vendor's commission is taxed: at the store's rate, by the vendor itself, or not at all. */
export const taxTreatments = ['standard', 'reverse_charge', 'exempt'] as const
export type TaxTreatment = (typeof taxTreatments)[number]

export interface CommissionTax {
  rate_ppm: number
  treatment: TaxTreatment
}

/**
 * The tax that is in a commission, in minor units, rounded once. A commission is what the store keeps of a sale, whatever is in it:
 * a vendor's share of an order does not depend on its tax treatment, and nothing is asked of it afterwards.
 *
 * A commission is paid for a service to the vendor. Directive 2006/112/EC: such a service to a business is taxed where the vendor is
 * established (art. 44); where that is another member state than the store's, the vendor owes the tax (art. 196, reverse charge), and none is
 * on the invoice; a store or a service that is exempt has none either. Which of them holds for a vendor the store's staff say: nothing
 * here knows where anybody is established for tax.
 */
export function taxWithin(grossMinor: bigint, { rate_ppm, treatment }: CommissionTax): bigint {
  if (treatment !== 'standard' || rate_ppm === 0) return 0n
  const whole = 1_000_000n + BigInt(rate_ppm)
  return (grossMinor * BigInt(rate_ppm) * 2n + whole) / (whole * 2n)
}

/** What an invoice must say of a treatment: art. 226 (11) and (11a) of the same directive. */
export const wordingOf: Record<TaxTreatment, string | null> = {
  standard: null,
  reverse_charge: 'Reverse charge: the recipient owes the tax (Directive 2006/112/EC, art. 196)',
  exempt: 'Exempt from VAT',
}

/** The store as the issuer of its invoices. */
export interface Issuer {
  commission_tax_ppm: number
  legal_name: string | null
  legal_address: string | null
  vat_number: string | null
}

export const issuerStatement = (tenantId: string): Statement<Issuer> =>
  statement('payouts.issuer', 'select commission_tax_ppm, legal_name, legal_address, vat_number from store where tenant_id = $1', [
    tenantId,
  ])

export interface TreatedVendor {
  vendor_id: string
  treatment: TaxTreatment
}

const treatedMaximum = 1_000

/** Vendors that are not treated as most are. */
export const treatedVendorsStatement = (tenantId: string): Statement<TreatedVendor> =>
  statement(
    'payouts.treated_vendors',
    `select id as vendor_id, commission_tax_treatment as treatment from vendor
     where tenant_id = $1 and commission_tax_treatment <> 'standard' and deleted_at is null order by id limit ${treatedMaximum}`,
    [tenantId],
  )

/**
 * Sets the rate, or who issues the invoices; what is not given stays. Invoices that were issued stay as they are.
 * @throws invalid_data for a rate without what an invoice with tax must name of its issuer (art. 226 (3) and (5)), for a VAT number that is
 * none, and for one of the country of a vendor under reverse charge
 */
export async function setCommissionTax(unit: Unit, patch: Partial<Issuer>): Promise<void> {
  const [known] = await unit.run(
    statement<Issuer>(
      'payouts.lock_issuer',
      'select commission_tax_ppm, legal_name, legal_address, vat_number from store where tenant_id = $1 for no key update',
      [tenantOf(unit)],
    ),
  )
  if (known === undefined) throw notFound('The store was not found')
  const wanted = { ...known, ...patch }
  if (patch.vat_number != null) {
    wanted.vat_number = vatNumberOf(patch.vat_number, null)
    const state = memberStateOf(wanted.vat_number)
    const [charged] = state === null ? [] : await unit.run(reverseChargedStatement(tenantOf(unit), state))
    if (charged !== undefined) refuseReverseCharge(charged.vat_number, wanted.vat_number)
  }
  const missing = (['legal_name', 'legal_address', 'vat_number'] as const).filter((name) => wanted[name] === null)
  if (wanted.commission_tax_ppm > 0 && missing.length > 0) {
    throw invalidData(`An invoice with tax names its issuer: say ${missing.join(', ')} as well`)
  }
  await unit.run(
    statement(
      'payouts.set_issuer',
      `update store set commission_tax_ppm = $2, legal_name = $3, legal_address = $4, vat_number = $5, updated_at = now() where tenant_id = $1`,
      [tenantOf(unit), wanted.commission_tax_ppm, wanted.legal_name, wanted.legal_address, wanted.vat_number],
    ),
  )
}

/** The first vendor under reverse charge with a number of this member state. */
const reverseChargedStatement = (tenantId: string, state: string) =>
  statement<{ vat_number: string }>(
    'payouts.reverse_charged',
    `select i.vat_number from vendor v join seller_identity i on i.tenant_id = $1 and i.vendor_id = v.id
     where v.tenant_id = $1 and v.commission_tax_treatment = 'reverse_charge' and v.deleted_at is null
       and upper(regexp_replace(i.vat_number, '[\\s./-]', '', 'g')) ~ $2 order by v.id limit 1`,
    [tenantId, formOfNumbers(state)],
  )

/** The store's own number, which does not change meanwhile. */
export async function lockStoreVatNumber(unit: Unit): Promise<string | null> {
  const [store] = await unit.run(
    statement<{ vat_number: string | null }>('payouts.store_vat_number', 'select vat_number from store where tenant_id = $1 for share', [
      tenantOf(unit),
    ]),
  )
  return store?.vat_number ?? null
}

/**
 * Says how a vendor's commission is taxed from its next invoice on.
 * @throws not_found; invalid_data for reverse charge to a vendor without a VAT number of another country of the EU
 */
export async function treatVendor(unit: Unit, vendorId: string, treatment: TaxTreatment): Promise<void> {
  const [vendor] = await unit.run(
    statement<{ vat_number: string | null }>(
      'payouts.vat_number_of_vendor',
      `select i.vat_number from vendor v left join seller_identity i on i.tenant_id = $1 and i.vendor_id = v.id
       where v.tenant_id = $1 and v.id = $2 and v.deleted_at is null for no key update of v`,
      [tenantOf(unit), vendorId],
    ),
  )
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (treatment === 'reverse_charge') refuseReverseCharge(vendor.vat_number, await lockStoreVatNumber(unit))
  await unit.run(
    statement(
      'payouts.treat_vendor',
      'update vendor set commission_tax_treatment = $3, updated_at = now() where tenant_id = $1 and id = $2',
      [tenantOf(unit), vendorId, treatment],
    ),
  )
}
