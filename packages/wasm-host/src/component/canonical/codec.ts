/** How values of one type cross into and out of a guest: the canonical ABI of the component model. */
import type { CoreType, CoreValue, FlatValues } from './core-value'
import type { HandleTable } from './handle-table'

/** The guest's end of a call. */
export interface GuestSide {
  /** The memory as it is now. */
  readonly view: DataView<ArrayBuffer>
  readonly handles: HandleTable
  /** Room in the guest's memory, from its own allocator. */
  allocate(size: number, align: number): number
}

export interface Codec {
  readonly size: number
  readonly align: number
  readonly flat: readonly CoreType[]
  /** Reads a value out of the guest's memory. */
  load(guest: GuestSide, at: number): unknown
  store(guest: GuestSide, at: number, value: unknown): void
  /** Reads a value out of the parameters of a call. */
  lift(guest: GuestSide, from: FlatValues): unknown
  lower(guest: GuestSide, value: unknown, to: CoreValue[]): void
}

/** The guest broke the rules of the ABI: its call does not return. */
export function trap(why: string): never {
  throw new Trap(why)
}

class Trap extends Error {
  override name = 'RuntimeError'
}

export const alignTo = (at: number, align: number): number => Math.ceil(at / align) * align
