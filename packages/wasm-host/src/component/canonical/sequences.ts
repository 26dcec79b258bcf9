/** Strings and lists: an address and a length. */
import { type Codec, type GuestSide, trap } from './codec'
import type { CoreValue, FlatValues } from './core-value'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
/** The longest string or list, as the ABI has it. */
const MAX_BYTES = 2 ** 31 - 1

/**
 * A codec of something that lies elsewhere, given by how to read it and how to put it there. The empty ones are allocated
 * too, as the ABI has it: guests free what they are given (StarlingMonkey does), and any other address is not theirs.
 */
function elsewhere(
  read: (guest: GuestSide, at: number, length: number) => unknown,
  place: (guest: GuestSide, value: unknown) => [at: number, length: number],
): Codec {
  return {
    size: 8,
    align: 4,
    flat: ['i32', 'i32'],
    load: (guest, at) => read(guest, guest.view.getUint32(at, true), guest.view.getUint32(at + 4, true)),
    store(guest, at, value) {
      const [address, length] = place(guest, value)
      guest.view.setUint32(at, address, true)
      guest.view.setUint32(at + 4, length, true)
    },
    lift(guest: GuestSide, from: FlatValues) {
      const address = (from.values[from.at++] as number) >>> 0
      return read(guest, address, (from.values[from.at++] as number) >>> 0)
    },
    lower: (guest: GuestSide, value: unknown, to: CoreValue[]) => void to.push(...place(guest, value)),
  }
}

function bytesAt(guest: GuestSide, at: number, length: number): Uint8Array<ArrayBuffer> {
  const { buffer } = guest.view
  if (at + length > buffer.byteLength) trap('the guest points outside of its memory')
  return new Uint8Array(buffer, at, length)
}

function decode(text: Uint8Array): string {
  try {
    return decoder.decode(text)
  } catch {
    return trap('a string of the guest is not UTF-8')
  }
}

export const string: Codec = elsewhere(
  (guest, at, length) => (length === 0 ? '' : decode(bytesAt(guest, at, length))),
  (guest, value) => {
    if (typeof value !== 'string') throw new TypeError(`a string was expected, not ${typeof value}`)
    const length = Buffer.byteLength(value)
    if (length > MAX_BYTES) throw new TypeError('the string is too long for a guest')
    const at = guest.allocate(length, 1)
    encoder.encodeInto(value, bytesAt(guest, at, length))
    return [at, length]
  },
)

/** Bytes come out as a copy: the guest may write over its own. */
export const bytes: Codec = elsewhere(
  (guest, at, length) => bytesAt(guest, at, length).slice(),
  (guest, value) => {
    const source = value as Uint8Array
    const at = guest.allocate(source.byteLength, 1)
    bytesAt(guest, at, source.byteLength).set(source)
    return [at, source.byteLength]
  },
)

export function list(of: Codec): Codec {
  return elsewhere(
    (guest, at, length) => {
      if (at % of.align !== 0) trap('the guest points to a list between addresses')
      bytesAt(guest, at, length * of.size)
      const items: unknown[] = []
      for (let index = 0; index < length; index++) items.push(of.load(guest, at + index * of.size))
      return items
    },
    (guest, value) => {
      const items = value as ArrayLike<unknown>
      if (items.length * of.size > MAX_BYTES) throw new TypeError('the list is too long for a guest')
      const at = guest.allocate(items.length * of.size, of.align)
      for (let index = 0; index < items.length; index++) of.store(guest, at + index * of.size, items[index])
      return [at, items.length]
    },
  )
}
