import type { Codec, GuestSide } from './codec'
import type { CoreValue, FlatValues } from './core-value'

function handle(
  lift: (guest: GuestSide, handle: number) => object,
  lower: (guest: GuestSide, value: object) => number,
): Codec {
  return {
    size: 4,
    align: 4,
    flat: ['i32'],
    load: (guest, at) => lift(guest, guest.view.getUint32(at, true)),
    store: (guest, at, value) => guest.view.setUint32(at, lower(guest, value as object), true),
    lift: (guest: GuestSide, from: FlatValues) => lift(guest, from.values[from.at++] as number),
    lower: (guest: GuestSide, value: unknown, to: CoreValue[]) => void to.push(lower(guest, value as object)),
  }
}

/** A resource that changes hands. */
export const own = (resource: string): Codec =>
  handle(
    ({ handles }, handle) => handles.remove(resource, handle),
    ({ handles }, value) => handles.add(resource, value),
  )

/** A resource that is lent for a call. Hosts of WASI are only lent some; they lend none. */
export const borrow = (resource: string): Codec =>
  handle(
    ({ handles }, handle) => handles.get(resource, handle),
    () => {
      throw new TypeError(`this host lends no ${resource}`)
    },
  )
