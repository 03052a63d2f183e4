/** What a country's provinces are called, in lower case, with the code of each behind its country's: `us-ny`. */
type Names = ReadonlyMap<string, string>

const known = new Map<string, Names>()

/**
 * How people and programs may write a province, in lower case, what was given first: the code alone, behind its country's, and
 * the names that ISO 3166-2 has for it. One that ISO does not know is called as it was given, with its country or without.
 */
export async function provinceSpellings(country: string, given: string): Promise<string[]> {
  const text = given.trim().toLowerCase()
  const names = await namesOf(country)
  const code = names.get(text)
  if (code !== undefined) return [...new Set([text, ...[...names].filter(([, of]) => of === code).map(([name]) => name)])]
  const bare = text.startsWith(`${country}-`) ? text.slice(country.length + 1) : text
  return [...new Set([text, bare, `${country}-${bare}`])]
}

/**
 * SQL for whether `province`, as an address says it, is that of `row`: of a table that keeps how its province may be written. `N.Y.` is
 * `NY`; names that have a dot of their own (`St. Gallen`) are found with it.
 */
export function isProvinceSql(row: string, province: string): string {
  const said = `lower(btrim(${province}))`
  return `(${said} = lower(${row}.province_code) or ${said} = any(${row}.province_spellings)
    or replace(${said}, '.', '') = any(${row}.province_spellings))`
}

async function namesOf(country: string): Promise<Names> {
  const kept = known.get(country)
  if (kept !== undefined) return kept
  // Read where it is first asked for: five thousand provinces would cost each start 20 ms.
  const { iso31662 } = await import('iso-3166')
  const prefix = `${country.toUpperCase()}-`
  const provinces = iso31662.filter(({ code }) => code.startsWith(prefix))
  const names = new Map<string, string>()
  // A code before a name; a name that two have is neither's.
  const levels = [
    (code: string) => [code, code.slice(prefix.length)],
    (_code: string, name: string) => [name],
    (_code: string, name: string) => partsOf(name),
  ]
  for (const level of levels) {
    const found = new Map<string, Set<string>>()
    for (const { code, name } of provinces) {
      for (const spelling of level(code, name).flatMap(plainAndAccented)) found.set(spelling, (found.get(spelling) ?? new Set()).add(code))
    }
    for (const [spelling, [code, ...others]] of found) {
      if (code !== undefined && others.length === 0 && !names.has(spelling)) names.set(spelling, code.toLowerCase())
    }
  }
  known.set(country, names)
  return names
}

/** `Madrid, Comunidad de`, `Bolzano, Bozen` and `Puducherry (Pondicherry)` are called each of their parts. */
function partsOf(name: string): string[] {
  return name
    .split(/[,/()]/)
    .map((part) => part.trim())
    .filter((part) => part.length > 2)
}

function plainAndAccented(text: string): string[] {
  const lower = text.toLowerCase()
  return [lower, lower.normalize('NFD').replace(/\p{M}/gu, '')]
}
