import { Malformed, readLeb } from '../cache/core/binary'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads the binary format from front to back. */
export class ByteReader {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.bytes.byteLength
  }

  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new Malformed('the file ends early')
    return byte
  }

  u32(): number {
    const [value, next] = readLeb(this.bytes, this.at)
    this.at = next
    return value
  }

  take(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.bytes.byteLength) throw new Malformed('the file ends early')
    const taken = this.bytes.subarray(this.at, end)
    this.at = end
    return taken
  }

  name(): string {
    const bytes = this.take(this.u32())
    try {
      return decoder.decode(bytes)
    } catch {
      throw new Malformed('a name is not UTF-8')
    }
  }

  list<T>(read: () => T): T[] {
    const items: T[] = []
    for (let left = this.u32(); left > 0; left--) items.push(read())
    return items
  }

  /** What follows when a byte says that something does. */
  optional<T>(read: () => T): T | null {
    const present = this.byte()
    if (present > 1) throw new Malformed(`unknown option ${present}`)
    return present === 1 ? read() : null
  }
}
