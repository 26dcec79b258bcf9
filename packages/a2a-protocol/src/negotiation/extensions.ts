import { A2AError } from '../error/a2a-error'
import type { AgentExtension } from '../wire/agent-card'

/** Header that names extensions, in requests and answers (§3.2.6, §14.2.2). */
export const A2A_EXTENSIONS_HEADER = 'A2A-Extensions'

/** More names than this are not read. */
const MAX_EXTENSIONS = 64

/** The URIs of an `A2A-Extensions` header, each once, in order. */
export function parseExtensions(header: string | null | undefined): string[] {
  if (!header) return []
  const names = new Set<string>()
  for (const name of header.split(',', MAX_EXTENSIONS)) if (name.trim()) names.add(name.trim())
  return [...names]
}

/**
 * The extensions of the card that a request turned on. Only these are echoed: what a caller sent never becomes a header.
 *
 * @throws A2AError `ExtensionSupportRequiredError` where the card requires one that was not named (§3.3.4)
 */
export function negotiateExtensions(
  declared: readonly AgentExtension[] | undefined,
  requested: readonly string[],
): string[] {
  const missing = declared?.filter(({ uri, required }) => required && !requested.includes(uri)) ?? []
  if (missing.length > 0) {
    throw new A2AError('ExtensionSupportRequiredError', {
      metadata: { required: missing.map(({ uri }) => uri).join(',') },
    })
  }
  return declared?.map(({ uri }) => uri).filter((uri) => requested.includes(uri)) ?? []
}
