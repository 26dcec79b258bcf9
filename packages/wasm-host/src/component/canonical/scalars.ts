import type { Codec, GuestSide } from './codec'
import { trap } from './codec'
import type { CoreType, CoreValue, FlatValues } from './core-value'

interface Scalar<Core extends CoreValue, Value> {
  size: 1 | 2 | 4 | 8
  flat: CoreType
  read(view: DataView, at: number): Core
  write(view: DataView, at: number, value: Core): void
  fromCore(value: Core): Value
  toCore(value: Value): Core
}

function scalar<Core extends CoreValue, Value>({
  size,
  flat,
  read,
  write,
  fromCore,
  toCore,
}: Scalar<Core, Value>): Codec {
  return {
    size,
    align: size,
    flat: [flat],
    load: (guest: GuestSide, at: number) => fromCore(read(guest.view, at)),
    store: (guest: GuestSide, at: number, value: unknown) => write(guest.view, at, toCore(value as Value)),
    lift: (_: GuestSide, from: FlatValues) => fromCore(from.values[from.at++] as Core),
    lower: (_: GuestSide, value: unknown, to: CoreValue[]) => void to.push(toCore(value as Value)),
  }
}

/** A number a host function gave must be one of its type: the guest would read something else. */
function whole(low: number, high: number): (value: number) => number {
  return (value) => {
    if (!Number.isInteger(value) || value < low || value > high)
      throw new TypeError(`${value} is no whole number from ${low} to ${high}`)
    return value
  }
}

const u8 = scalar<number, number>({
  size: 1,
  flat: 'i32',
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, value),
  fromCore: (value) => value & 0xff,
  toCore: whole(0, 0xff),
})
const u16 = scalar<number, number>({
  size: 2,
  flat: 'i32',
  read: (view, at) => view.getUint16(at, true),
  write: (view, at, value) => view.setUint16(at, value, true),
  fromCore: (value) => value & 0xffff,
  toCore: whole(0, 0xffff),
})
const u32 = scalar<number, number>({
  size: 4,
  flat: 'i32',
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, value, true),
  fromCore: (value) => value >>> 0,
  toCore: whole(0, 0xffff_ffff),
})
const U64_MAX = 2n ** 64n - 1n
const u64 = scalar<bigint, bigint>({
  size: 8,
  flat: 'i64',
  read: (view, at) => view.getBigUint64(at, true),
  write: (view, at, value) => view.setBigUint64(at, value, true),
  fromCore: (value) => BigInt.asUintN(64, value),
  toCore: (value) => {
    if (value < 0n || value > U64_MAX) throw new TypeError(`${value} does not fit 64 bits`)
    return value
  },
})
const bool = scalar<number, boolean>({
  size: 1,
  flat: 'i32',
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, value),
  fromCore: (value) => value !== 0,
  toCore: (value) => (value ? 1 : 0),
})
const char = scalar<number, string>({
  size: 4,
  flat: 'i32',
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, value, true),
  fromCore: (value) => {
    const point = value >>> 0
    if (point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff)) trap(`${point} is no character`)
    return String.fromCodePoint(point)
  },
  toCore: (value) => value.codePointAt(0) ?? 0,
})

export const scalars = {
  bool,
  u8,
  u16,
  u32,
  u64,
  char,
  s8: scalar<number, number>({
    size: 1,
    flat: 'i32',
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
    fromCore: (value) => (value << 24) >> 24,
    toCore: whole(-0x80, 0x7f),
  }),
  s16: scalar<number, number>({
    size: 2,
    flat: 'i32',
    read: (view, at) => view.getInt16(at, true),
    write: (view, at, value) => view.setInt16(at, value, true),
    fromCore: (value) => (value << 16) >> 16,
    toCore: whole(-0x8000, 0x7fff),
  }),
  s32: scalar<number, number>({
    size: 4,
    flat: 'i32',
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value, true),
    fromCore: (value) => value | 0,
    toCore: whole(-0x8000_0000, 0x7fff_ffff),
  }),
  s64: scalar<bigint, bigint>({
    size: 8,
    flat: 'i64',
    read: (view, at) => view.getBigInt64(at, true),
    write: (view, at, value) => view.setBigInt64(at, value, true),
    fromCore: (value) => BigInt.asIntN(64, value),
    toCore: (value) => {
      if (BigInt.asIntN(64, value) !== value) throw new TypeError(`${value} does not fit 64 bits`)
      return value
    },
  }),
  f32: scalar<number, number>({
    size: 4,
    flat: 'f32',
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
    fromCore: (value) => value,
    toCore: (value) => value,
  }),
  f64: scalar<number, number>({
    size: 8,
    flat: 'f64',
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value, true),
    fromCore: (value) => value,
    toCore: (value) => value,
  }),
} as const

/** The codec of a variant's or an enum's number, by how many cases there are. */
export const discriminant = (cases: number): Codec => (cases <= 0x100 ? u8 : cases <= 0x1_0000 ? u16 : u32)
