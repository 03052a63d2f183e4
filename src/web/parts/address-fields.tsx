import { everyCountry } from '../../regions/index.js'
import type { Address, Cart } from '../answers.js'
import type { Words } from '../words/index.js'
import type { Visit } from '../visit.js'
import { isJapanese, withProvince } from './address-lines.js'
import { type Choice, Field, type Problems, Select } from './fields.js'

/** What an address form holds, as typed. */
export type TypedAddress = Record<(typeof names)[number], string>

const names = [
  'first_name',
  'last_name',
  'company',
  'address_1',
  'address_2',
  'postal_code',
  'city',
  'province',
  'country_code',
  'phone',
] as const
const autocompletes: Record<(typeof names)[number], string> = {
  first_name: 'given-name',
  last_name: 'family-name',
  company: 'organization',
  address_1: 'address-line1',
  address_2: 'address-line2',
  postal_code: 'postal-code',
  city: 'address-level2',
  province: 'address-level1',
  country_code: 'country',
  phone: 'tel',
}
const longest: Partial<Record<(typeof names)[number], number>> = {
  postal_code: 20,
  province: 100,
  phone: 50,
  address_1: 300,
  address_2: 300,
}
const withoutPostalCode = new Set(['ae', 'hk', 'ie', 'pa', 'qa'])
const states = (
  'al Alabama,ak Alaska,az Arizona,ar Arkansas,ca California,co Colorado,ct Connecticut,de Delaware,dc District of Columbia,fl Florida,' +
  'ga Georgia,hi Hawaii,id Idaho,il Illinois,in Indiana,ia Iowa,ks Kansas,ky Kentucky,la Louisiana,me Maine,md Maryland,ma Massachusetts,' +
  'mi Michigan,mn Minnesota,ms Mississippi,mo Missouri,mt Montana,ne Nebraska,nv Nevada,nh New Hampshire,nj New Jersey,nm New Mexico,' +
  'ny New York,nc North Carolina,nd North Dakota,oh Ohio,ok Oklahoma,or Oregon,pa Pennsylvania,ri Rhode Island,sc South Carolina,' +
  'sd South Dakota,tn Tennessee,tx Texas,ut Utah,vt Vermont,va Virginia,wa Washington,wv West Virginia,wi Wisconsin,wy Wyoming'
)
  .split(',')
  .map((entry) => ({ value: entry.slice(0, 2), label: entry.slice(3) }))

/** @param prefix of the fields' names, where a form holds two addresses */
export function typedAddress(form: URLSearchParams, prefix = ''): TypedAddress {
  const text = (name: (typeof names)[number]) => (form.get(`${prefix}${name}`) ?? '').trim().slice(0, longest[name] ?? 200)
  const typed = Object.fromEntries(names.map((name) => [name, text(name)])) as TypedAddress
  return inForm(typed)
}

const inForm = (typed: TypedAddress): TypedAddress =>
  typed.country_code === 'us' ? { ...typed, province: stateOf(typed.province) } : typed

/** The form knows states by their codes; people and other software write them with their country or by name. */
function stateOf(text: string): string {
  const wanted = text.toLowerCase().replace(/^us-/, '')
  return states.find(({ value, label }) => wanted === value || wanted === label.toLowerCase())?.value ?? text
}

/** A kept address as a form shows it. */
export function typedFrom(address: Address | null, country: string | undefined): TypedAddress {
  const typed = Object.fromEntries(names.map((name) => [name, address?.[name] ?? ''])) as TypedAddress
  return inForm({ ...typed, country_code: typed.country_code || (country ?? '') })
}

export const emptyAddress = typedFrom(null, undefined)

/** The same as the Store API takes it: what was left empty is nothing. */
export function addressOfTyped(typed: TypedAddress): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, typed[name] === '' ? null : typed[name]]))
}

/** What is missing or wrong, by field. */
export function addressProblems(typed: TypedAddress, words: Words, countries: readonly string[]): Record<string, string> {
  const required = ['first_name', 'last_name', 'address_1', 'city', 'country_code'] as const
  const problems: Record<string, string> = {}
  for (const name of required) if (typed[name] === '') problems[name] = words.missing[name]
  if (typed.country_code !== '' && !countries.includes(typed.country_code)) problems.country_code = words.missing.country_code
  if (typed.postal_code === '' && !withoutPostalCode.has(typed.country_code)) problems.postal_code = words.missing.postal_code
  const isState = typed.country_code !== 'us' || states.some(({ value }) => value === typed.province)
  if (!isState || (typed.province === '' && withProvince.has(typed.country_code))) problems.province = words.missing.province
  return problems
}

/** The same for where a bill goes: any country will do, and no tax depends on it. */
export function billingProblems(typed: TypedAddress, words: Words): Record<string, string> {
  const { province: _any, ...problems } = addressProblems(typed, words, everyCountry)
  if (problems.country_code !== undefined) problems.country_code = words.chooseCountry
  return Object.fromEntries(Object.entries(problems).map(([name, problem]) => [`${billingPrefix}${name}`, problem]))
}

export const billingPrefix = 'billing.'

/** Whether a bill's address can be kept with the cart as far as it is typed. */
export const hasCountry = (typed: TypedAddress): boolean => everyCountry.includes(typed.country_code)

/**
 * Whether a cart's tax can be told: its address says enough for it, or some is part of its total already, as that of a
 * region's only country is. What is to be paid always contains what is told.
 */
export function tellsTax({ shipping_address: address, tax_total }: Cart): boolean {
  const country = address?.country_code ?? null
  return tax_total > 0 || (country !== null && (!withProvince.has(country) || Boolean(address?.province)))
}

interface AddressOf {
  visit: Visit
  typed: TypedAddress
  problems: Problems
  /** Codes of the countries that can be chosen. */
  countries: readonly string[]
  /** What a browser that knows several addresses is told of this one. */
  section?: 'shipping' | 'billing'
}

const everyChoice = new Map<string, Choice[]>()

/** Countries as a language calls them, in its order. Those of the world are kept: sorting them takes milliseconds. */
function countryChoices(locale: string, countries: readonly string[]): Choice[] {
  const known = countries === everyCountry ? everyChoice.get(locale) : undefined
  if (known !== undefined) return known
  const regions = new Intl.DisplayNames([locale], { type: 'region' })
  const { compare } = new Intl.Collator(locale)
  const choices = countries
    .map((code) => ({ value: code, label: regions.of(code.toUpperCase()) ?? code }))
    .sort((a, b) => compare(a.label, b.label))
  if (countries === everyCountry) everyChoice.set(locale, choices)
  return choices
}

/** The fields of where the bill goes: nothing else depends on them. */
export function BillingFields({ visit, typed, problems }: Pick<AddressOf, 'visit' | 'typed' | 'problems'>) {
  return <AddressFields visit={visit} typed={typed} problems={problems} countries={everyCountry} section="billing" />
}

export function AddressFields({ visit, typed, problems, countries, section }: AddressOf) {
  const { words } = visit
  const isBill = section === 'billing'
  const prefix = isBill ? billingPrefix : ''
  const common = (name: (typeof names)[number]) => ({
    visit,
    name: `${prefix}${name}`,
    label: words.fields[name],
    value: typed[name],
    problems,
    maxLength: longest[name] ?? 200,
    autocomplete: `${section === undefined ? '' : `${section} `}${autocompletes[name]}`,
  })
  const choices = countryChoices(visit.locale, countries)
  const country = typed.country_code || (choices.length === 1 ? (choices[0]?.value ?? '') : '')
  // Japanese forms go from the family to the given name, and from the postal code down to the house.
  const fromAbove = isJapanese(visit.locale, country)
  const people = fromAbove ? (['last_name', 'first_name'] as const) : (['first_name', 'last_name'] as const)
  const streets = (
    <>
      <Field {...common('address_1')} class="whole" required />
      <Field {...common('address_2')} class="whole" />
    </>
  )
  const province = (
    <div id={isBill ? 'billing-province' : 'province'} class="field">
      {country === 'us' && !isBill ? (
        <Select
          {...common('province')}
          label={words.fields.state}
          choices={[{ value: '', label: words.chooseState }, ...states]}
          required
          renew
        />
      ) : (
        <Field {...common('province')} required={withProvince.has(country) && !isBill} />
      )}
    </div>
  )
  return (
    <div class="fields">
      {people.map((name) => (
        <Field key={name} {...common(name)} required />
      ))}
      <Field {...common('company')} class="whole" />
      {!fromAbove && streets}
      <Field {...common('postal_code')} required={!withoutPostalCode.has(country)} />
      {fromAbove && province}
      <Field {...common('city')} required />
      {fromAbove && streets}
      <Select
        {...common('country_code')}
        value={country}
        choices={choices.length === 1 ? choices : [{ value: '', label: words.chooseCountry }, ...choices]}
        required
        renew={!isBill}
      />
      {!fromAbove && province}
      {!isBill && <Field {...common('phone')} type="tel" hint={words.phoneHint} class="whole" />}
    </div>
  )
}
