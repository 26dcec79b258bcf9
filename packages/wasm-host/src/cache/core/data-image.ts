import { Malformed, PAGE, readLeb, type Section } from './binary'

/** A signed 32-bit LEB128 constant, read as an address. */
function readAddress(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0
  for (let shift = 0, index = at; ; shift += 7, index++) {
    const byte = bytes[index]
    if (byte === undefined || shift > 28) throw new Malformed('no address')
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      if (shift < 25 && byte & 0x40) value |= -1 << (shift + 7)
      return [value >>> 0, index + 1]
    }
  }
}

/** The memory as the data segments leave it; undefined when a segment isn't a plain one at a constant address. */
export function dataImage(section: Section, initialPages: number): Uint8Array | undefined {
  const image = new Uint8Array(initialPages * PAGE)
  const [count, first] = readLeb(section.body, 0)
  let at = first
  for (let index = 0; index < count; index++) {
    if (section.body[at] !== 0 || section.body[at + 1] !== 0x41) return undefined
    const [address, afterAddress] = readAddress(section.body, at + 2)
    if (section.body[afterAddress] !== 0x0b) return undefined
    const [size, start] = readLeb(section.body, afterAddress + 1)
    if (address + size > image.byteLength) return undefined
    image.set(section.body.subarray(start, start + size), address)
    at = start + size
  }
  return image
}
