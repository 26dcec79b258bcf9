import { randomFillSync } from 'node:crypto'

/** Enough for a seed or a key; a guest that asks for more is out of order. */
const MAX_RANDOM = 1 << 20

function bytes(length: bigint): Uint8Array {
  if (length > BigInt(MAX_RANDOM))
    throw new Error(`the guest asked for ${length} random bytes; at most ${MAX_RANDOM} are given at once`)
  return randomFillSync(new Uint8Array(Number(length)))
}
const u64 = (): bigint => new DataView(bytes(8n).buffer).getBigUint64(0, true)

/** `wasi:random`: cryptographic randomness for all three interfaces. */
export const random = {
  'wasi:random/random': { getRandomBytes: bytes, getRandomU64: u64 },
  'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
  'wasi:random/insecure-seed': { insecureSeed: () => [u64(), u64()] },
}
