/**
 * Takes the memory out of a core module: the module then imports it, its data segments become one image, and what it
 * believes to be the memory's size is kept in a global of its own. So the host can give one memory to many instances in
 * turn, each time made byte for byte what a new instance would see; getting fresh pages from the kernel is most of what
 * instantiation costs. It also makes "the memory is full" something the host can read.
 */
import {
  concat,
  extended,
  leb,
  fromSections,
  readLeb,
  readSections,
  SECTION,
  type Section,
  utf8,
  writeSections,
} from './binary'
import { countImports } from './count-imports'
import { dataImage } from './data-image'
import { rewriteCode } from './rewrite-code'

/** Names under which the patched module imports its memory and exports its book-keeping. */
export const DETACHED = {
  module: 'pf',
  memory: 'memory',
  pages: 'pf:pages',
  maximum: 'pf:maximum',
  full: 'pf:full',
} as const

export interface DetachedCore {
  module: Uint8Array
  /** The memory's first content, `initialPages` long. */
  image: Uint8Array
  initialPages: number
}

/** What `memory.grow` and its global are replaced by can be at most this many pages: the whole of a 32-bit memory. */
const ALL_PAGES = 65_536
const I32 = 0x7f
const MUTABLE = 1

/** The module without its memory, or undefined when it doesn't have the plain shape this needs. */
export function detachMemory(module: Uint8Array): DetachedCore | undefined {
  return fromSections(module, detach)
}

/** Whether a module that imports a memory would change its size behind our back. */
export function growsMemory(module: Uint8Array): boolean {
  const code = readSections(module).find(({ id }) => id === SECTION.code)
  return code !== undefined && rewriteCode(code).use.grow > 0
}

function detach(sections: Section[]): DetachedCore | undefined {
  const find = (id: number) => sections.find((section) => section.id === id)
  const [types, imports, functions, memory, globals, exports, code, data] = [
    SECTION.type,
    SECTION.import,
    SECTION.function,
    SECTION.memory,
    SECTION.global,
    SECTION.export,
    SECTION.code,
    SECTION.data,
  ].map(find)
  if (!types || !imports || !functions || !memory || !globals || !exports || !code || !data || find(SECTION.start))
    return undefined
  if (memory.body[0] !== 1 || memory.body[1] !== 0) return undefined
  const [initialPages] = readLeb(memory.body, 2)
  const image = dataImage(data, initialPages)
  const imported = countImports(imports)
  if (!image || !imported || imported.memories > 0) return undefined

  const growType = readLeb(types.body, 0)[0]
  const growFunction = imported.functions + readLeb(functions.body, 0)[0]
  const pages = imported.globals + readLeb(globals.body, 0)[0]
  const [maximum, full] = [pages + 1, pages + 2]
  const rewritten = rewriteCode(code, { size: [0x23, ...leb(pages)], grow: [0x10, ...leb(growFunction)] })
  if (rewritten.use.data > 0) return undefined

  const changed: Record<number, Section> = {
    [SECTION.type]: extended(types, 1, [0x60, 1, I32, 1, I32]),
    [SECTION.import]: extended(imports, 1, [
      ...utf8(DETACHED.module),
      ...utf8(DETACHED.memory),
      2,
      1,
      ...leb(initialPages),
      ...leb(ALL_PAGES),
    ]),
    [SECTION.function]: extended(functions, 1, leb(growType)),
    [SECTION.global]: extended(globals, 3, [...i32Global(initialPages), ...i32Global(ALL_PAGES), ...i32Global(0)]),
    [SECTION.export]: extended(exports, 3, [
      ...exportGlobal(DETACHED.pages, pages),
      ...exportGlobal(DETACHED.maximum, maximum),
      ...exportGlobal(DETACHED.full, full),
    ]),
    [SECTION.code]: {
      id: SECTION.code,
      body: concat([Uint8Array.from(leb(rewritten.count + 1)), ...rewritten.body, growBody(pages, maximum, full)]),
    },
  }
  const left = sections.filter(({ id }) => id !== SECTION.memory && id !== SECTION.data && id !== SECTION.dataCount)
  return { module: writeSections(left.map((section) => changed[section.id] ?? section)), image, initialPages }
}

const signedLeb = (value: number): number[] => {
  const bytes: number[] = []
  for (let rest = value; ;) {
    const low = rest & 0x7f
    rest >>= 7
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    bytes.push(last ? low : low | 0x80)
    if (last) return bytes
  }
}
const i32Global = (value: number): number[] => [I32, MUTABLE, 0x41, ...signedLeb(value), 0x0b]
const exportGlobal = (name: string, index: number): number[] => [...utf8(name), 3, ...leb(index)]

/**
 * `grow(delta)`: -1 and the `full` mark when the maximum doesn't allow it; else the memory really grows only where it
 * isn't that large already.
 */
function growBody(pages: number, maximum: number, full: number): Uint8Array {
  const get = (global: number) => [0x23, ...leb(global)]
  const set = (global: number) => [0x24, ...leb(global)]
  const refuse = [0x41, 1, ...set(full), 0x41, 0x7f, 0x0f]
  const delta = [0x20, 0]
  const missing = 1
  const body = [
    1,
    1,
    I32,
    ...get(maximum),
    ...get(pages),
    0x6b,
    ...delta,
    0x49,
    0x04,
    0x40,
    ...refuse,
    0x0b,
    ...get(pages),
    ...delta,
    0x6a,
    0x3f,
    0,
    0x6b,
    0x22,
    missing,
    0x41,
    0,
    0x4a,
    0x04,
    0x40,
    0x20,
    missing,
    0x40,
    0,
    0x41,
    0x7f,
    0x46,
    0x04,
    0x40,
    ...refuse,
    0x0b,
    0x0b,
    ...get(pages),
    ...get(pages),
    ...delta,
    0x6a,
    ...set(pages),
    0x0b,
  ]
  return Uint8Array.from([...leb(body.length), ...body])
}
