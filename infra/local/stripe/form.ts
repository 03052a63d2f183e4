/** `a[b]=c`, `a[0]=c` and `a[]=c` as nested objects; arrays stay objects with numbers for names until the schema says. */
export function readForm(text: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, value] of new URLSearchParams(text)) {
    const names = [...key.matchAll(/^[^[]+|\[([^\]]*)\]/g)].map((match) => match[1] ?? match[0])
    put(result, names, value)
  }
  return result
}

const depthMax = 12

function put(into: Record<string, unknown>, names: readonly string[], value: string): void {
  let holder = into
  for (const name of names.slice(0, Math.min(names.length - 1, depthMax))) {
    const inner = Object.hasOwn(holder, name) ? holder[name] : undefined
    if (typeof inner === 'object' && inner !== null) {
      holder = inner as Record<string, unknown>
      continue
    }
    const made: Record<string, unknown> = {}
    define(holder, name, made)
    holder = made
  }
  const last = names.at(-1) ?? ''
  define(holder, last === '' ? String(Object.keys(holder).length) : last, value)
}

/** A plain property, whatever its name. */
function define(holder: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}
