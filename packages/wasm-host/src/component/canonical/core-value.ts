/** Values as core functions take and give them, and how a variant's cases share them. */
export type CoreType = 'i32' | 'i64' | 'f32' | 'f64'
export type CoreValue = number | bigint

/** A cursor over the flat parameters of a call. */
export interface FlatValues {
  values: readonly CoreValue[]
  at: number
}

/** The type that holds either: what a variant's payloads are passed as. */
export function join(a: CoreType, b: CoreType): CoreType {
  if (a === b) return a
  return (a === 'i32' && b === 'f32') || (a === 'f32' && b === 'i32') ? 'i32' : 'i64'
}

const bits = new DataView(new ArrayBuffer(8))

/** The same bits as a value of another core type. */
export function coerce(value: CoreValue, from: CoreType, to: CoreType): CoreValue {
  if (from === to) return value
  if (from === 'i32') bits.setBigInt64(0, BigInt((value as number) >>> 0), true)
  else if (from === 'i64') bits.setBigInt64(0, value as bigint, true)
  else if (from === 'f64') bits.setFloat64(0, value as number, true)
  else {
    bits.setBigInt64(0, 0n, true)
    bits.setFloat32(0, value as number, true)
  }
  if (to === 'i32') return bits.getInt32(0, true)
  if (to === 'i64') return bits.getBigInt64(0, true)
  return to === 'f64' ? bits.getFloat64(0, true) : bits.getFloat32(0, true)
}
