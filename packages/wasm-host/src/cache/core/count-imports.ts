import { readLeb, type Section } from './binary'

/** How many things of each kind a module imports: its own are counted from there. */
interface Imported {
  functions: number
  globals: number
  memories: number
}

/** How many of each kind a module imports; undefined for kinds this doesn't know. */
export function countImports(section: Section): Imported | undefined {
  const { body } = section
  const counted: Imported = { functions: 0, globals: 0, memories: 0 }
  const [count, first] = readLeb(body, 0)
  let at = first
  const skipLimits = (from: number): number => {
    const flags = body[from] as number
    const afterMinimum = readLeb(body, from + 1)[1]
    return flags & 1 ? readLeb(body, afterMinimum)[1] : afterMinimum
  }
  for (let index = 0; index < count; index++) {
    for (let name = 0; name < 2; name++) {
      const [length, start] = readLeb(body, at)
      at = start + length
    }
    const kind = body[at++]
    if (kind === 0) {
      counted.functions++
      at = readLeb(body, at)[1]
    } else if (kind === 1) at = skipLimits(at + 1)
    else if (kind === 2) {
      counted.memories++
      at = skipLimits(at)
    } else if (kind === 3) {
      counted.globals++
      at += 2
    } else return undefined
  }
  return counted
}
