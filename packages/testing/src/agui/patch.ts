import jsonPatch from 'fast-json-patch'

/** The document with a patch applied, by what clients apply them with; throws where it does not apply. */
export function patched(document: unknown, patch: unknown): unknown {
  // A patch of its own list: a copy of the document is made by the library.
  return jsonPatch.applyPatch(structuredClone(document), structuredClone(patch) as never, true, false).newDocument
}
