import { Malformed, readLeb, skipLeb } from './binary'

const TABLE_SET = 0x26
const MEMORY_SIZE = 0x3f
const MEMORY_GROW = 0x40

/** What stands at an instruction: where the next one begins, and whether it is one of those that are replaced or looked for. */
export interface Instruction {
  next: number
  kind: 'other' | 'size' | 'grow' | 'data' | 'table'
}

const other = (next: number): Instruction => ({ next, kind: 'other' })
const skipMany = (code: Uint8Array, at: number, count: number): number => {
  let next = at
  for (let index = 0; index < count; index++) next = skipLeb(code, next)
  return next
}

/** Steps over the instruction at `at`. Throws {@link Malformed} for what it doesn't know, so that nothing is patched by guess. */
export function readInstruction(code: Uint8Array, at: number): Instruction {
  const op = code[at] as number
  const next = at + 1
  if (op >= 0x45 && op <= 0xc4) return other(next)
  if (op >= 0x28 && op <= 0x3e) return other(skipMany(code, next, 2))
  if (op === TABLE_SET) return { next: skipLeb(code, next), kind: 'table' }
  if (op >= 0x20 && op <= 0x25) return other(skipLeb(code, next))
  switch (op) {
    case 0x00:
    case 0x01:
    case 0x05:
    case 0x0b:
    case 0x0f:
    case 0x1a:
    case 0x1b:
    case 0xd1:
    case 0x0a:
    case 0x19:
      return other(next)
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x09:
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x12:
    case 0x18:
    case 0x41:
    case 0x42:
    case 0xd0:
    case 0xd2:
      return other(skipLeb(code, next))
    case 0x0e: {
      const [count, first] = readLeb(code, next)
      return other(skipMany(code, first, count + 1))
    }
    case 0x11:
    case 0x13:
      return other(skipMany(code, next, 2))
    case 0x1c: {
      const [count, first] = readLeb(code, next)
      return other(skipMany(code, first, count))
    }
    case MEMORY_SIZE:
    case MEMORY_GROW:
      if (code[next] !== 0) throw new Malformed('more than one memory is used')
      return { next: next + 1, kind: op === MEMORY_SIZE ? 'size' : 'grow' }
    case 0x43:
      return other(next + 4)
    case 0x44:
      return other(next + 8)
    case 0xfc:
      return readBulk(code, next)
    case 0xfd:
      return other(readVector(code, next))
    default:
      throw new Malformed(`unknown instruction 0x${op?.toString(16)}`)
  }
}

function readBulk(code: Uint8Array, at: number): Instruction {
  const [op, next] = readLeb(code, at)
  if (op <= 7) return other(next)
  if (op === 8) return { next: skipMany(code, next, 2), kind: 'data' }
  if (op === 9) return { next: skipLeb(code, next), kind: 'data' }
  if (op === 10) return other(skipMany(code, next, 2))
  if (op === 11 || op === 16) return other(skipLeb(code, next))
  if (op === 12 || op === 14) return { next: skipMany(code, next, 2), kind: 'table' }
  if (op === 13 || op === 15 || op === 17) return { next: skipLeb(code, next), kind: 'table' }
  throw new Malformed(`unknown instruction 0xfc ${op}`)
}

function readVector(code: Uint8Array, at: number): number {
  const [op, next] = readLeb(code, at)
  if (op <= 11 || op === 92 || op === 93) return skipMany(code, next, 2)
  if (op >= 84 && op <= 91) return skipMany(code, next, 2) + 1
  if (op === 12 || op === 13) return next + 16
  if (op >= 21 && op <= 34) return next + 1
  if (op <= 275) return next
  throw new Malformed(`unknown instruction 0xfd ${op}`)
}
