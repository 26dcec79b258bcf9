/** Variants, enums, options and results: one of several cases. */
import { alignTo, type Codec, type GuestSide, trap } from './codec'
import { coerce, type CoreType, type CoreValue, type FlatValues, join } from './core-value'
import { discriminant } from './scalars'

/** Goes between a JavaScript value and its case's number and payload. */
interface Cases {
  split(value: unknown): [index: number, payload: unknown]
  make(index: number, payload: unknown): unknown
}

function oneOf(payloads: readonly (Codec | null)[], { split, make }: Cases): Codec {
  const tag = discriminant(payloads.length)
  const align = Math.max(tag.align, ...payloads.map((payload) => payload?.align ?? 1))
  const offset = alignTo(tag.size, Math.max(1, ...payloads.map((payload) => payload?.align ?? 1)))
  const size = alignTo(offset + Math.max(0, ...payloads.map((payload) => payload?.size ?? 0)), align)
  const shared: CoreType[] = []
  for (const payload of payloads)
    payload?.flat.forEach((type, index) => (shared[index] = shared[index] ? join(shared[index], type) : type))
  const payloadOf = (index: number): Codec | null => {
    const payload = payloads[index]
    if (payload === undefined) trap(`there is no case ${index}`)
    return payload
  }
  return {
    size,
    align,
    flat: ['i32', ...shared],
    load(guest, at) {
      const index = tag.load(guest, at) as number
      return make(index, payloadOf(index)?.load(guest, at + offset))
    },
    store(guest, at, value) {
      const [index, payload] = split(value)
      tag.store(guest, at, index)
      payloadOf(index)?.store(guest, at + offset, payload)
    },
    lift(guest: GuestSide, from: FlatValues) {
      const index = from.values[from.at++] as number
      const payload = payloadOf(index)
      const values = payload?.flat.map((type, place) =>
        coerce(from.values[from.at + place] as CoreValue, shared[place] as CoreType, type),
      )
      from.at += shared.length
      return make(index, values && payload?.lift(guest, { values, at: 0 }))
    },
    lower(guest: GuestSide, value: unknown, to: CoreValue[]) {
      const [index, given] = split(value)
      const payload = payloadOf(index)
      const values: CoreValue[] = []
      payload?.lower(guest, given, values)
      to.push(index)
      shared.forEach((type, place) => {
        const value = values[place]
        if (value === undefined) to.push(type === 'i64' ? 0n : 0)
        else to.push(coerce(value, payload?.flat[place] as CoreType, type))
      })
    },
  }
}

interface Tagged {
  tag: string
  val?: unknown
}

/** A variant is `{ tag, val }`. */
export function variant(tags: readonly string[], payloads: readonly (Codec | null)[]): Codec {
  const indices = new Map(tags.map((tag, index) => [tag, index]))
  return oneOf(payloads, {
    split(value) {
      const { tag, val } = value as Tagged
      const index = indices.get(tag)
      if (index === undefined) throw new TypeError(`${tag} is none of ${tags.join(', ')}`)
      return [index, val]
    },
    make: (index, val): Tagged =>
      payloads[index] ? { tag: tags[index] as string, val } : { tag: tags[index] as string },
  })
}

/** An enum is its tag. */
export function enumeration(tags: readonly string[]): Codec {
  const indices = new Map(tags.map((tag, index) => [tag, index]))
  return oneOf(
    tags.map(() => null),
    {
      split(value) {
        const index = indices.get(value as string)
        if (index === undefined) throw new TypeError(`${String(value)} is none of ${tags.join(', ')}`)
        return [index, undefined]
      },
      make: (index) => tags[index],
    },
  )
}

/** An option is the value or undefined; an option in an option is `{ tag: 'some', val }`, so that the two can be told apart. */
export function option(of: Codec, nested: boolean): Codec {
  return oneOf(
    [null, of],
    nested
      ? {
          split: (value) => {
            const some = value as Tagged | undefined
            return some?.tag === 'some' ? [1, some.val] : [0, undefined]
          },
          make: (index, val) => (index === 1 ? { tag: 'some', val } : { tag: 'none' }),
        }
      : {
          split: (value) => (value === undefined || value === null ? [0, undefined] : [1, value]),
          make: (index, val) => (index === 1 ? val : undefined),
        },
  )
}

/** A result inside of another value is `{ tag: 'ok' | 'err', val }`; that of a function is its return or its throw. */
export const result = (ok: Codec | null, err: Codec | null): Codec => variant(['ok', 'err'], [ok, err])
