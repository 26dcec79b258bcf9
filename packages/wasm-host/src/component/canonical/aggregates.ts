/** Records, tuples and flags: several values side by side. */
import { alignTo, type Codec, type GuestSide } from './codec'
import type { CoreValue, FlatValues } from './core-value'

/** Fields side by side; `take` and `make` go between them and the JavaScript value. */
function fields(
  codecs: readonly Codec[],
  take: (value: unknown, index: number) => unknown,
  make: (values: unknown[]) => unknown,
): Codec {
  const offsets: number[] = []
  let end = 0
  let align = 1
  for (const codec of codecs) {
    end = alignTo(end, codec.align)
    offsets.push(end)
    end += codec.size
    align = Math.max(align, codec.align)
  }
  return {
    size: alignTo(end, align),
    align,
    flat: codecs.flatMap(({ flat }) => flat),
    load: (guest, at) => make(codecs.map((codec, index) => codec.load(guest, at + (offsets[index] as number)))),
    store(guest, at, value) {
      codecs.forEach((codec, index) => codec.store(guest, at + (offsets[index] as number), take(value, index)))
    },
    lift: (guest: GuestSide, from: FlatValues) => make(codecs.map((codec) => codec.lift(guest, from))),
    lower(guest: GuestSide, value: unknown, to: CoreValue[]) {
      codecs.forEach((codec, index) => codec.lower(guest, take(value, index), to))
    },
  }
}

export const tuple = (codecs: readonly Codec[]): Codec =>
  fields(
    codecs,
    (value, index) => (value as unknown[])[index],
    (values) => values,
  )

/** A record is an object; its keys are given in JavaScript's way of writing names. */
export const record = (keys: readonly string[], codecs: readonly Codec[]): Codec =>
  fields(
    codecs,
    (value, index) => (value as Record<string, unknown>)[keys[index] as string],
    (values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])),
  )

/** Flags are an object of booleans; up to 32 of them, as in every WASI interface. */
export function flags(keys: readonly string[]): Codec {
  const size = keys.length <= 8 ? 1 : keys.length <= 16 ? 2 : 4
  const pack = (value: unknown) =>
    keys.reduce((all, key, index) => all | ((value as Record<string, boolean>)[key] ? 1 << index : 0), 0)
  const unpack = (all: number) => Object.fromEntries(keys.map((key, index) => [key, ((all >>> index) & 1) === 1]))
  return {
    size,
    align: size,
    flat: ['i32'],
    load: ({ view }, at) =>
      unpack(size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getInt32(at, true)),
    store({ view }, at, value) {
      if (size === 1) view.setUint8(at, pack(value))
      else if (size === 2) view.setUint16(at, pack(value), true)
      else view.setInt32(at, pack(value), true)
    },
    lift: (_: GuestSide, from: FlatValues) => unpack(from.values[from.at++] as number),
    lower: (_: GuestSide, value: unknown, to: CoreValue[]) => void to.push(pack(value)),
  }
}
