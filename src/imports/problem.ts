/** What is wrong with a file, and where: enough to find the cell and to know what to write there. */
export interface Problem {
  line: number
  column: string | null
  value: string | null
  reason: string
  handle: string | null
}

const valueShown = 200

export function problemOf(problem: Problem): Problem {
  return { ...problem, value: problem.value === null ? null : problem.value.slice(0, valueShown) }
}
