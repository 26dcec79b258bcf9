/** Caps the linear memory a core module defines, by writing a maximum into its memory section. */
import { leb, PAGE, readLeb } from './binary'

/**
 * A copy of `module` whose memory can't grow past `megabytes`; the module itself when it defines no memory.
 * `memory.grow` then answers -1 inside the guest, which its allocator reports as out of memory.
 */
export function withMemoryMaximum(module: Uint8Array, megabytes: number): Uint8Array {
  const maximum = Math.floor((megabytes * 1024 * 1024) / PAGE)
  for (let at = 8; at < module.byteLength;) {
    const id = module[at]
    const [size, start] = readLeb(module, at + 1)
    const end = start + size
    if (id === 5) {
      const section = cappedSection(module.subarray(start, end), maximum)
      const header = [5, ...leb(section.length)]
      const patched = new Uint8Array(at + header.length + section.length + module.byteLength - end)
      patched.set(module.subarray(0, at))
      patched.set(header, at)
      patched.set(section, at + header.length)
      patched.set(module.subarray(end), at + header.length + section.length)
      return patched
    }
    at = end
  }
  return module
}

function cappedSection(section: Uint8Array, maximum: number): number[] {
  const [count, first] = readLeb(section, 0)
  if (count !== 1) throw new Error(`the core module defines ${count} memories; this host runs components with one`)
  const flags = section[first] as number
  if (flags > 1)
    throw new Error(
      'the core module has a shared or 64-bit memory; this host runs 32-bit components with a memory of their own',
    )
  const [initial, afterInitial] = readLeb(section, first + 1)
  if (initial > maximum)
    throw new Error(
      `the component starts with ${Math.ceil((initial * PAGE) / 1048576)} MB of memory; raise memoryMb (now ${Math.floor((maximum * PAGE) / 1048576)})`,
    )
  const declared = flags === 1 ? readLeb(section, afterInitial)[0] : Number.POSITIVE_INFINITY
  return [1, 1, ...leb(initial), ...leb(Math.min(declared, maximum))]
}
