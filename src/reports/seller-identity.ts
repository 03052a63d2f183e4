import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, notFound, type Sealer } from '../kernel/index.js'
import { lockStoreVatNumber, refuseReverseCharge, vatNumberOf } from '../payouts/index.js'
import { letSellerGo } from './let-seller-go.js'

export interface SellerAddress {
  address_1: string
  address_2?: string | null
  city: string
  postal_code: string
  province?: string | null
  country_code: string
}

/** What a seller states. Of what is only written: left out it stays as it was, of a seller of the same kind; null takes it away. */
export interface SellerStatement {
  kind: 'individual' | 'company'
  legal_name?: string | null | undefined
  first_name?: string | null | undefined
  last_name?: string | null | undefined
  address: SellerAddress
  tax_number?: string | null | undefined
  tax_number_country?: string | null | undefined
  vat_number?: string | null | undefined
  registration_number?: string | null | undefined
  /** YYYY-MM-DD. */
  birth_date?: string | null | undefined
  birth_place?: string | null | undefined
  residence_countries?: string[] | undefined
  establishment_countries?: string[] | undefined
  account_identifier?: string | null | undefined
  account_identifier_type?: 'IBAN' | 'OBAN' | 'other' | null | undefined
  account_holder?: string | null | undefined
}

export interface SellerIdentityRow {
  vendor_id: string
  kind: 'individual' | 'company'
  legal_name: string | null
  first_name: string | null
  last_name: string | null
  address: SellerAddress
  tax_number_sealed: string | null
  tax_number_country: string | null
  vat_number: string | null
  registration_number: string | null
  birth_date_sealed: string | null
  birth_place: string | null
  residence_countries: string[]
  establishment_countries: string[]
  account_identifier_sealed: string | null
  account_identifier_type: 'IBAN' | 'OBAN' | 'other' | null
  account_holder: string | null
  stated_at: Date
}

/** As people see it: of what identifies the seller elsewhere no more than the end. */
export type SellerIdentityView = Omit<
  SellerIdentityRow,
  'tax_number_sealed' | 'birth_date_sealed' | 'account_identifier_sealed' | 'address'
> & {
  address: SellerAddress
  tax_number_last_4: string | null
  has_birth_date: boolean
  account_identifier_last_4: string | null
  /** What DAC7 asks for and is not stated yet. */
  missing: string[]
}

const columns = `i.vendor_id, i.kind, i.legal_name, i.first_name, i.last_name, i.address, i.tax_id_sealed as tax_number_sealed, i.tax_id_country as tax_number_country, i.vat_number,
  i.registration_number, i.birth_date_sealed, i.birth_place, i.residence_countries, i.establishment_countries, i.account_identifier_sealed,
  i.account_identifier_type, i.account_holder, i.stated_at`

export function sellerIdentitiesStatement(tenantId: string, vendorIds: readonly string[]): Statement<SellerIdentityRow> {
  return statement(
    'reports.seller_identities',
    `select ${columns} from seller_identity i where i.tenant_id = $1 and i.vendor_id = any($2) order by i.vendor_id`,
    [tenantId, vendorIds],
  )
}

/** The end of what is kept sealed; of what is short, nothing. */
function lastOf(sealer: Sealer, sealed: string | null): string | null {
  const text = sealed === null ? '' : sealer.open(sealed)
  return text.length < 8 ? null : text.slice(-4)
}

export function viewOfIdentity(sealer: Sealer, row: SellerIdentityRow): SellerIdentityView {
  const { tax_number_sealed, birth_date_sealed, account_identifier_sealed, ...shown } = row
  return {
    ...shown,
    tax_number_last_4: lastOf(sealer, tax_number_sealed),
    has_birth_date: birth_date_sealed !== null,
    account_identifier_last_4: lastOf(sealer, account_identifier_sealed),
    missing: missingOf(row),
  }
}

/**
 * What is to be reported of a seller and is not stated. Sources: Directive 2011/16/EU, annex V, section II.B as Directive (EU)
 * 2021/514 adds it: an individual's name, primary address, tax number with its member state (without one, the place of birth), VAT
 * number where there is one, date of birth; an entity's legal name, primary address, tax number with its member state, VAT number
 * where there is one, business registration number. Section III.B adds the account that the money went to.
 */
export function missingOf(row: Omit<SellerIdentityRow, 'vendor_id' | 'stated_at'>): string[] {
  const isPerson = row.kind === 'individual'
  const wanted: Record<string, boolean> = {
    legal_name: isPerson || row.legal_name !== null,
    first_name: !isPerson || row.first_name !== null,
    last_name: !isPerson || row.last_name !== null,
    tax_number: row.tax_number_sealed !== null || (isPerson && row.birth_place !== null),
    birth_date: !isPerson || row.birth_date_sealed !== null,
    registration_number: isPerson || row.registration_number !== null,
    residence_countries: row.residence_countries.length > 0,
    account_identifier: row.account_identifier_sealed !== null,
  }
  return Object.entries(wanted)
    .filter(([, isThere]) => !isThere)
    .map(([name]) => name)
}

/** An IBAN's own check (ISO 13616): its letters as numbers, the first four characters last, leave one of 97. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false
  const digits = `${text.slice(4)}${text.slice(0, 4)}`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return BigInt(digits) % 97n === 1n
}

const compact = (text: string) => text.replace(/[\s.-]/g, '').toUpperCase()

/**
 * Keeps what a seller states of itself for tax offices, in place of what it stated before. A person that becomes a company is
 * another taxpayer: nothing that was sealed of the one is the other's. Where nothing is missing any more, what was withheld of it is
 * let go at once. The unit has role `store`: a vendor's id is of its token.
 * @throws invalid_data for what contradicts itself and for a VAT number that is none; not_found for a vendor that the store has not
 */
export async function stateSellerIdentity(
  unit: Unit,
  context: Context,
  sealer: Sealer,
  vendorId: string,
  stated: SellerStatement,
): Promise<void> {
  const tenantId = tenantOf(unit)
  const [vendor] = await unit.run(
    statement<{ treatment: string }>(
      'reports.seller',
      'select commission_tax_treatment as treatment from vendor where tenant_id = $1 and id = $2 for no key update',
      [tenantId, vendorId],
    ),
  )
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  const vatNumber = stated.vat_number == null ? null : vatNumberOf(stated.vat_number, stated.address.country_code)
  if (vendor.treatment === 'reverse_charge') refuseReverseCharge(vatNumber, await lockStoreVatNumber(unit))
  refuseContradictions(stated, context.clock.now())
  const sealed = (text: string | null | undefined) => (text == null ? null : sealer.seal(text))
  const account = stated.account_identifier == null ? stated.account_identifier : compact(stated.account_identifier)
  await unit.run(
    statement(
      'reports.state_identity',
      `insert into seller_identity as i (tenant_id, vendor_id, kind, legal_name, first_name, last_name, address, tax_id_sealed, tax_id_country,
         vat_number, registration_number, birth_date_sealed, birth_place, residence_countries, establishment_countries,
         account_identifier_sealed, account_identifier_type, account_holder, stated_by, stated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       on conflict (tenant_id, vendor_id) do update set kind = $3, legal_name = $4, first_name = $5, last_name = $6, address = $7,
         tax_id_sealed = case when $21 and i.kind = $3 then i.tax_id_sealed else $8 end, tax_id_country = case when $21 and i.kind = $3 then coalesce($9, i.tax_id_country) else $9 end,
         vat_number = $10, registration_number = $11, birth_date_sealed = case when $22 and i.kind = $3 then i.birth_date_sealed else $12 end,
         birth_place = $13, residence_countries = $14, establishment_countries = $15,
         account_identifier_sealed = case when $23 and i.kind = $3 then i.account_identifier_sealed else $16 end,
         account_identifier_type = case when $23 and i.kind = $3 then i.account_identifier_type else $17 end, account_holder = $18, stated_by = $19,
         stated_at = $20, updated_at = now()`,
      [
        tenantId,
        vendorId,
        stated.kind,
        stated.legal_name ?? null,
        stated.first_name ?? null,
        stated.last_name ?? null,
        JSON.stringify(stated.address),
        sealed(stated.tax_number == null ? stated.tax_number : compact(stated.tax_number)),
        stated.tax_number_country ?? null,
        vatNumber,
        stated.registration_number ?? null,
        sealed(stated.birth_date),
        stated.birth_place ?? null,
        stated.residence_countries ?? [],
        stated.establishment_countries ?? [],
        sealed(account),
        account == null ? null : (stated.account_identifier_type ?? 'other'),
        stated.account_holder ?? null,
        context.actorId,
        context.clock.now(),
        stated.tax_number === undefined,
        stated.birth_date === undefined,
        stated.account_identifier === undefined,
      ],
    ),
  )
  const [now] = await unit.run(sellerIdentitiesStatement(tenantId, [vendorId]))
  if (now !== undefined && missingOf(now).length === 0) await letSellerGo(unit, context, vendorId)
}

function refuseContradictions(stated: SellerStatement, now: Date): void {
  if (stated.kind === 'company' && (stated.legal_name ?? '') === '') throw invalidData('Say the legal_name of the company')
  if (stated.kind === 'individual' && ((stated.first_name ?? '') === '' || (stated.last_name ?? '') === '')) {
    throw invalidData('Say the first_name and last_name of the person')
  }
  if (stated.tax_number != null && (stated.tax_number_country ?? null) === null) {
    throw invalidData('Say the tax_number_country: the country that issued the tax_number')
  }
  if (stated.birth_date != null && !(new Date(`${stated.birth_date}T00:00:00Z`) < now))
    throw invalidData('The birth_date is no day that has been')
  if (stated.account_identifier_type === 'IBAN' && stated.account_identifier != null && !isIban(compact(stated.account_identifier))) {
    throw invalidData('The account_identifier is no IBAN: look at its digits again')
  }
}

/** A seller as it is reported: nothing is hidden. */
export interface ReportedIdentity {
  kind: 'individual' | 'company'
  name: string
  address: SellerAddress
  tax_number: string | null
  tax_number_country: string | null
  vat_number: string | null
  registration_number: string | null
  birth_date: string | null
  birth_place: string | null
  residence_countries: string[]
  establishment_countries: string[]
  account_identifier: string | null
  account_identifier_type: 'IBAN' | 'OBAN' | 'other' | null
  account_holder: string | null
}

export function reportedOf(sealer: Sealer, row: SellerIdentityRow): ReportedIdentity {
  const opened = (sealed: string | null) => (sealed === null ? null : sealer.open(sealed))
  return {
    kind: row.kind,
    name: row.kind === 'company' ? (row.legal_name ?? '') : `${row.first_name ?? ''} ${row.last_name ?? ''}`.trim(),
    address: row.address,
    tax_number: opened(row.tax_number_sealed),
    tax_number_country: row.tax_number_country,
    vat_number: row.vat_number,
    registration_number: row.registration_number,
    birth_date: opened(row.birth_date_sealed),
    birth_place: row.birth_place,
    residence_countries: row.residence_countries,
    establishment_countries: row.establishment_countries,
    account_identifier: opened(row.account_identifier_sealed),
    account_identifier_type: row.account_identifier_type,
    account_holder: row.account_holder,
  }
}
