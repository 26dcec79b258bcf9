import type { ModelFilePart, RawPart, UrlPart } from '@pf-agents/agent-core'

/** A file that a model made, as a part of what the agent says. What the provider wants back of it is nobody else's. */
export function filePart({ mediaType, raw, url, filename }: ModelFilePart): RawPart | UrlPart {
  const named = { mediaType, ...(filename !== undefined && { filename }) }
  return raw ? { raw, ...named } : { url: url ?? '', ...named }
}
