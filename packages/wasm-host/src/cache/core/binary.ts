/** Reading and writing the WebAssembly binary format, as far as the memory patches need it. */
export const PAGE = 65_536

export class Malformed extends Error {
  override name = 'Malformed'
}

/** What is made of the sections of a module; undefined where it is none that can be read. */
export function fromSections<T>(module: Uint8Array, make: (sections: Section[]) => T): T | undefined {
  try {
    return make(readSections(module))
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

/** An unsigned LEB128 number and where it ends. */
export function readLeb(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0
  for (let shift = 0, index = at; ; shift += 7, index++) {
    const byte = bytes[index]
    if (byte === undefined || shift > 28) throw new Malformed(`no number at byte ${at}`)
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return [value, index + 1]
  }
}

/** Where a LEB128 number of any width or sign ends. */
export function skipLeb(bytes: Uint8Array, at: number): number {
  let index = at
  while ((bytes[index] as number) >= 0x80) index++
  if (index >= bytes.length) throw new Malformed(`no number at byte ${at}`)
  return index + 1
}

export function leb(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    bytes.push(rest > 0 ? low | 0x80 : low)
  } while (rest > 0)
  return bytes
}

export interface Section {
  id: number
  body: Uint8Array
}

export const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  data: 11,
  dataCount: 12,
} as const

export function readSections(module: Uint8Array): Section[] {
  const sections: Section[] = []
  for (let at = 8; at < module.byteLength;) {
    const [size, start] = readLeb(module, at + 1)
    sections.push({ id: module[at] as number, body: module.subarray(start, start + size) })
    at = start + size
  }
  return sections
}

export function writeSections(sections: readonly Section[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]
  for (const { id, body } of sections) parts.push(Uint8Array.from([id, ...leb(body.byteLength)]), body)
  return concat(parts)
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** A section that is a list, with more entries at its end. */
export function extended(section: Section, count: number, entries: readonly number[]): Section {
  const [before, start] = readLeb(section.body, 0)
  return {
    id: section.id,
    body: concat([Uint8Array.from(leb(before + count)), section.body.subarray(start), Uint8Array.from(entries)]),
  }
}

export const utf8 = (text: string): number[] => {
  const bytes = [...new TextEncoder().encode(text)]
  return [...leb(bytes.length), ...bytes]
}
