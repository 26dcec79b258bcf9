/** How a whole call crosses: flat parameters and results, or an address where there are too many. */
import type { FunctionType } from '../wit-type'
import { tuple } from './aggregates'
import { type Codec, type GuestSide, trap } from './codec'
import { codecOf } from './codec-of'
import type { CoreValue } from './core-value'

const MAX_FLAT_PARAMS = 16
const MAX_FLAT_RESULTS = 1

export interface FunctionCodec {
  /** The parameters of a call the guest makes. */
  liftParams(guest: GuestSide, args: readonly CoreValue[]): unknown[]
  /** Gives the guest the result of its call. */
  lowerResult(guest: GuestSide, args: readonly CoreValue[], value: unknown): CoreValue | undefined
  /** The parameters of a call the host makes. */
  lowerParams(guest: GuestSide, values: readonly unknown[]): CoreValue[]
  /** The result of a call the host made. */
  liftResult(guest: GuestSide, returned: CoreValue | undefined): unknown
}

function checked(guest: GuestSide, codec: Codec, at: number): number {
  if (at % codec.align !== 0 || at + codec.size > guest.view.byteLength) trap('the guest points outside of its memory')
  return at
}

export function functionCodec({ params, result }: FunctionType): FunctionCodec {
  const values = params.map(codecOf)
  const all = tuple(values)
  const answer = result && codecOf(result)
  const inMemory = all.flat.length > MAX_FLAT_PARAMS
  const answerInMemory = answer !== null && answer.flat.length > MAX_FLAT_RESULTS
  /** Where the parameters end, and with them the address for the result stands. */
  const resultAt = inMemory ? 1 : all.flat.length
  return {
    liftParams(guest, args) {
      if (inMemory) return all.load(guest, checked(guest, all, (args[0] as number) >>> 0)) as unknown[]
      const from = { values: args, at: 0 }
      return values.map((codec) => codec.lift(guest, from))
    },
    lowerResult(guest, args, value) {
      if (!answer) return undefined
      if (answerInMemory) {
        answer.store(guest, checked(guest, answer, (args[resultAt] as number) >>> 0), value)
        return undefined
      }
      const to: CoreValue[] = []
      answer.lower(guest, value, to)
      return to[0]
    },
    lowerParams(guest, given) {
      if (inMemory) {
        const at = guest.allocate(all.size, all.align)
        all.store(guest, at, given)
        return [at]
      }
      const to: CoreValue[] = []
      values.forEach((codec, index) => codec.lower(guest, given[index], to))
      return to
    },
    liftResult(guest, returned) {
      if (!answer) return undefined
      if (answerInMemory) return answer.load(guest, checked(guest, answer, (returned as number) >>> 0))
      return answer.lift(guest, { values: [returned as CoreValue], at: 0 })
    },
  }
}
