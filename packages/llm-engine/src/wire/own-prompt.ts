import type {
  ModelAssistantPart,
  ModelFilePart,
  ModelMessage,
  ModelTextPart,
  ModelToolResultPart,
  ModelUserPart,
  Part,
  ProviderData,
} from '@pf-agents/agent-core'
import { fileText, forgotten } from '../prompt/prompt-parts'
import { isImage } from '../tool/result-content'
import { plainFile } from './file-types'
import type { Wire } from './wire'

/**
 * The messages as this model may be given them. A file that it does not take is told as text, and warned of; one that
 * another model made is given to it as the user's. What belongs to other models, thoughts with it, stays behind.
 */
export function ownPrompt(
  messages: readonly ModelMessage[],
  { provider, modelId, takes }: Pick<Wire, 'provider' | 'modelId' | 'takes'>,
  warnings: string[],
): ModelMessage[] {
  const out: ModelMessage[] = []
  /** What models made before, to be handed on as soon as it is the user's turn. */
  let made: ModelUserPart[] = []

  function given(part: ModelFilePart): ModelFilePart | ModelTextPart {
    const file = plainFile(part)
    if (takes(file)) return file
    const { cache, mediaType, url, filename } = file
    let text = fileText(file)
    if (text === undefined) {
      const address = url === undefined || url.startsWith('data:') ? '' : `, ${url}`
      text = `(A file that can not be shown here: ${filename === undefined ? '' : `${filename}, `}${mediaType}${address}.)`
      warnings.push(
        `${provider} takes no ${mediaType}${url === undefined ? '' : ' by such an address'}: a file was left out.`,
      )
    }
    return { type: 'text', text, ...(cache && { cache }) }
  }

  function resultPart(part: Part): Part {
    const { raw, url, mediaType = 'application/octet-stream', filename } = part
    if (raw === undefined && (url === undefined || !isImage(mediaType))) return part
    const named = filename === undefined ? {} : { filename }
    const one = given({
      type: 'file',
      mediaType,
      ...(raw === undefined ? { url } : { raw }),
      ...named,
    } as ModelFilePart)
    if (one.type === 'text') return { text: one.text }
    return {
      ...named,
      mediaType: one.mediaType,
      ...(one.raw === undefined ? { url: one.url as string } : { raw: one.raw }),
    }
  }

  const result = (one: ModelToolResultPart): ModelToolResultPart => ({ ...one, parts: one.parts.map(resultPart) })

  const isOwn = (data: ProviderData | undefined): boolean => (data?.[provider]?.['model'] ?? modelId) === modelId

  function assistantPart(part: ModelAssistantPart): ModelAssistantPart[] {
    if (part.type === 'opaque') {
      return part.provider === provider && (part.model ?? modelId) === modelId ? [part] : []
    }
    const { providerData } = part
    const own = providerData?.[provider]
    if (part.type === 'reasoning') return own !== undefined && isOwn(providerData) ? [part] : []
    if (part.type === 'file') {
      if (own?.['model'] === modelId) return [part]
      const one = given(part)
      if (one.type === 'text') return [one]
      const told = forgotten(part)
      made.push(told, one)
      return [told]
    }
    if (isOwn(providerData)) return [part]
    const { providerData: _, ...others } = part
    return [others]
  }

  const handOn = (): void => {
    if (made.length > 0) out.push({ role: 'user', content: made })
    made = []
  }
  for (const message of messages) {
    if (message.role === 'tool') out.push({ role: 'tool', content: message.content.map(result) })
    else if (message.role === 'user') {
      const content = message.content.map((part) => (part.type === 'file' ? given(part) : part))
      out.push({ role: 'user', content: [...made, ...content] })
      made = []
    } else {
      handOn()
      out.push(
        message.role === 'system' ? message : { role: 'assistant', content: message.content.flatMap(assistantPart) },
      )
    }
  }
  handOn()
  return out
}
