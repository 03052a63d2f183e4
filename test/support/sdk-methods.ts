type Part = Record<string, unknown>

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The methods below a part of the SDK, by their paths: those of objects, and those of classes; the ones for itself end with an underscore. */
export function methodsOf(whole: object, path: string): string[] {
  const part = whole as Part
  const own = Object.keys(part)
  const prototype = Object.getPrototypeOf(part) as Part | null
  const inherited = prototype === null || prototype === Object.prototype ? [] : Object.getOwnPropertyNames(prototype)
  return [...new Set([...own, ...inherited])]
    .filter((name) => !['constructor', 'client', 'config'].includes(name) && !name.endsWith('_'))
    .flatMap((name) => {
      const value = part[name]
      if (typeof value === 'function') return [`${path}.${name}`]
      return isPart(value) ? methodsOf(value, `${path}.${name}`) : []
    })
}

/** The same part, which notes what is called of it, and tells of what was answered. */
export function noting<T extends object>(
  part: T,
  path: string,
  called: Set<string>,
  heard: (method: string, answer: unknown) => void = () => undefined,
): T {
  return new Proxy(part, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver) as unknown
      const here = `${path}.${String(name)}`
      if (typeof value === 'function') {
        called.add(here)
        return async (...given: unknown[]) => {
          const answer = await value.apply(target, given)
          heard(here, answer)
          return answer
        }
      }
      return isPart(value) ? noting(value, here, called, heard) : value
    },
  })
}
