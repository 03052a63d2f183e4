// What every command understands: `--help`, its own options, and nothing else. Plain JavaScript without dependencies, so that
// a fresh clone answers before anything is installed.
import { parseArgs } from 'node:util'

/** What a command ends with that was not understood. */
export const misused = 2

/** Ends the process with one clear line. */
export function refuse(message) {
  console.error(`stoa: ${message}`)
  process.exit(misused)
}

/**
 * Reads what a command was given. With `--help` it prints `help` and ends; what it does not understand it says in a line, and ends
 * with code 2.
 * @param options as parseArgs has them; an option of type `string` may have a `whole` of its least and its greatest number
 */
export function commandLine(help, { options = {}, allowPositionals = false } = {}) {
  const { values, positionals } = parsed({ ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals)
  if (values.help) {
    console.log(help.trim())
    process.exit(0)
  }
  for (const [name, { whole }] of Object.entries(options)) {
    const value = values[name]
    if (whole === undefined || value === undefined) continue
    if (!/^\d{1,15}$/.test(value) || Number(value) < whole[0] || Number(value) > whole[1]) {
      refuse(`--${name} ${value}: a whole number from ${whole[0]} to ${whole[1]}`)
    }
  }
  return { values, positionals }
}

function parsed(options, allowPositionals) {
  try {
    return parseArgs({ options, allowPositionals, strict: true })
  } catch (error) {
    // Node adds advice for programmers after the first sentence.
    const [what] = error.message.split(/\.\s/)
    return refuse(`${what[0].toLowerCase()}${what.slice(1).replace(/\.$/, '')}; --help lists what there is`)
  }
}
