import type { Address } from '../answers.js'
import type { Visit } from '../visit.js'
import { spokenIn } from '../words/index.js'

/** Where a tax or a parcel needs to know more than the country. */
export const withProvince = new Set(['us', 'ca', 'au'])

/** Whether an address is written from the country down to the house and the person, as letters in Japan are. */
export const isJapanese = (locale: string, country: string | null | undefined): boolean => country === 'jp' && spokenIn(locale) === 'ja'

const joined = (between: string, ...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(between)

/** The town as the country's post writes it: "San Francisco, CA 94110", "10115 Berlin", "Kyoto, Kyoto 604-8001". */
function townLines({ city, postal_code, province, country_code }: Address): string[] {
  if (country_code === 'jp') return [joined(', ', city, joined(' ', province, postal_code))]
  const region = province?.toUpperCase() ?? ''
  if (withProvince.has(country_code ?? '')) return [joined(', ', city, joined(' ', region, postal_code))]
  return [joined(' ', postal_code, city), region]
}

/** Where a letter goes, line by line, without the country. */
export function addressLines(locale: string, address: Address): string[] {
  const { first_name, last_name, company, address_1, address_2, city, province, postal_code } = address
  const lines = isJapanese(locale, address.country_code)
    ? [
        joined('', postal_code ? `〒${postal_code}` : null),
        joined('', province, city, address_1),
        address_2,
        company,
        joined(' ', last_name, first_name),
      ]
    : [joined(' ', first_name, last_name), company, address_1, address_2, ...townLines(address)]
  return lines.filter((line): line is string => typeof line === 'string' && line !== '')
}

export function AddressLines({ visit, address }: { visit: Visit; address: Address }) {
  const { locale } = visit
  const code = address.country_code?.toUpperCase()
  const country = code === undefined ? null : (new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? code)
  const lines = addressLines(locale, address)
  const whole = country === null ? lines : isJapanese(locale, address.country_code) ? lines : [...lines, country]
  return (
    <address>
      {whole.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </address>
  )
}
