/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const rounds = /* @__PURE__ */ roots(64, 1 / 3)
/** The same of the square roots of the first eight. */
const start = /* @__PURE__ */ roots(8, 1 / 2)

function roots(count: number, power: number): Uint32Array {
  const words = new Uint32Array(count)
  let found = 0
  for (let candidate = 2; found < count; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false
    if (isPrime) words[found++] = (candidate ** power % 1) * 2 ** 32
  }
  return words
}

/**
 * SHA-256 as hexadecimal text. Written out because the platform's digest is asynchronous, and a name must be known at
 * once. For names, not for secrets.
 */
export function sha256(bytes: Uint8Array): string {
  const state = start.slice()
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0)
  for (let offset = 0; offset < padded.length; offset += 64) addBlock(state, view, offset)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function addBlock(state: Uint32Array, view: DataView, offset: number): void {
  const schedule = new Uint32Array(64)
  const at = (index: number): number => schedule[index] as number
  for (let index = 0; index < 64; index++) {
    if (index < 16) {
      schedule[index] = view.getUint32(offset + 4 * index)
      continue
    }
    const early = at(index - 15)
    const late = at(index - 2)
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    schedule[index] = at(index - 16) + mixedEarly + at(index - 7) + mixedLate
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let index = 0; index < 64; index++) {
    const choice = (e & f) ^ (~e & g)
    const first =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + (rounds[index] as number) + at(index)) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] as number) + word
}
