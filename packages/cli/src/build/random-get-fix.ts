/**
 * Makes `crypto.subtle` take RSA and ECDSA keys in components made by componentize-js 0.23. Importing such a key draws
 * randomness through the preview1 import `random_get`, which a pass behind the snapshot (`stubWasi`) replaces by a trap, even
 * where the feature "random" is on (ComponentizeJS #334). The import is hidden from that pass under another module name of
 * the same length, and comes back behind it.
 *
 * Imports nothing of this package, so that Node can run it from sources.
 */

/** The part of componentize-js's splicer that is wrapped. */
export interface Splicer {
  stubWasi(module: Uint8Array, ...rest: unknown[]): Uint8Array
}

const moduleName = 'wasi_snapshot_preview1'
const hiddenName = 'wasi_snapshot_previewX'
const field = 'random_get'

/** An import as the binary format has it: both names, each behind its length. */
const entry = (module: string) =>
  bytesOf(`${String.fromCharCode(module.length)}${module}${String.fromCharCode(field.length)}${field}`)

/**
 * Wraps the pass of a splicer, once.
 *
 * @throws Error from the pass, where the module has no such import, or several: then this is another componentize-js than
 * the one this was made for
 */
export function keepRandomGet(splicer: Splicer): void {
  const { stubWasi } = splicer
  if (wrapped.has(stubWasi)) return
  const wrapper: Splicer['stubWasi'] = (module, ...rest) =>
    renameImport(stubWasi(renameImport(module, moduleName, hiddenName), ...rest), hiddenName, moduleName)
  wrapped.add(wrapper)
  splicer.stubWasi = wrapper
}

const wrapped = new WeakSet<object>()

/** The module with the one import of `random_get` taken from another module name. */
export function renameImport(module: Uint8Array, from: string, to: string): Uint8Array {
  const wanted = entry(from)
  const at = find(module, wanted, 0)
  if (at < 0 || find(module, wanted, at + 1) >= 0) {
    throw new Error(
      `The module does not have just one import ${from}.${field}: componentize-js has changed, and its fix for RSA and ECDSA keys with it.`,
    )
  }
  const renamed = module.slice()
  renamed.set(entry(to), at)
  return renamed
}

function find(within: Uint8Array, wanted: Uint8Array, from: number): number {
  const buffer = Buffer.from(within.buffer, within.byteOffset, within.byteLength)
  return buffer.indexOf(wanted, from)
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
