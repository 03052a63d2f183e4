/**
 * SQL in sight: the text with $1 placeholders, its values, and a name under which PostgreSQL keeps the plan
 * (planning a product list costs more than running it). One name always has one text.
 */
export interface Statement<Row> {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly isPlannedOnce?: true
  /** Only for the compiler: the shape of a row. */
  readonly row?: Row
}

const texts = new Map<string, string>()
/** More distinct texts than this means that somebody builds SQL from input; it would also fill the server's memory. */
const textsMaximum = 2_000

/**
 * Makes a statement. Throws when a name is used for two texts: the second would run the first one's plan.
 * An empty name makes one that is planned each time: for filters that callers combine as they like.
 */
export function statement<Row>(name: string, text: string, values: readonly unknown[] = []): Statement<Row> {
  if (name === '') return { name, text, values }
  const known = texts.get(name)
  if (known === undefined) {
    if (texts.size >= textsMaximum) throw new Error(`more than ${textsMaximum} named statements: ${name} is one too many`)
    texts.set(name, text)
  } else if (known !== text) {
    throw new Error(`statement ${name} has two texts`)
  }
  return { name, text, values }
}

/**
 * Says of a statement that its plan does not depend on its values, so that each connection plans it once. PostgreSQL by
 * itself plans a statement anew for as long as the values at hand promise a cheaper run, and does not count what the
 * planning costs: 3.7 of 4.7 ms for one product. Heeded by reads; not for conditions that a null switches off.
 */
export function plannedOnce<Row>(statement: Statement<Row>): Statement<Row> {
  return { ...statement, isPlannedOnce: true }
}

/** SQL: columns of a row as arguments of `json_build_object`, each under its name. */
export const pairs = (alias: string, columns: readonly string[]) => columns.map((column) => `'${column}', ${alias}.${column}`).join(', ')
