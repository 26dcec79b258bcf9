import type {
  ModelAssistantPart,
  ModelFilePart,
  ModelMessage,
  ModelTextPart,
  ModelUserPart,
  Part,
} from '@pf-agents/agent-core'
import { fileText, forgotten } from '../prompt/prompt-parts'
import { isImage } from '../tool/result-content'
import { isBroken, isOneOf, plainFile } from './file-types'
import type { Wire } from './wire'

/** Whom a prompt is for. */
export type Target = Pick<Wire, 'provider' | 'modelId' | 'owner' | 'profile' | 'takes' | 'takesMade' | 'ownFile'>

/**
 * The messages as this model may be given them. Text files are text; a file that it does not take is told of, and warned
 * of; one that another model made is given to it as the user's. What belongs to other models, thoughts with it, stays
 * behind.
 */
export function ownPrompt(
  messages: readonly ModelMessage[],
  { provider, modelId, owner = modelId, profile, takes, takesMade, ownFile = '' }: Target,
  warnings: string[],
): ModelMessage[] {
  const out: ModelMessage[] = []
  /** What models made before, to be handed on as soon as it is the user's turn. */
  let made: ModelUserPart[] = []

  function given(part: ModelFilePart, isMade = false, types = profile.inputMedia): ModelFilePart | ModelTextPart {
    const file = plainFile(part)
    const { cache, mediaType, url = '', filename } = file
    let text = fileText(file)
    if (text === undefined) {
      const isTaken = takes?.test(`${mediaType} ${url}`, isMade) && (!types || isOneOf(mediaType, types))
      if (isTaken && !(isMade && isBroken(file))) return file
      const about = [filename, mediaType, url.startsWith('data:') ? '' : url]
      text = `(A file that can not be shown here: ${about.filter(Boolean).join(', ')}.)`
      const how = url && ' by such an address'
      warnings.push(`${modelId} is given no ${mediaType}${how}: a file was left out. See inputMedia of its profile.`)
    }
    return { type: 'text', text, ...(cache && { cache }) }
  }

  function resultPart(part: Part): Part {
    const { raw, url, mediaType = 'application/octet-stream' } = part
    if (raw === undefined && (url === undefined || !isImage(mediaType))) return part
    const { type: _, ...own } = given({ ...part, type: 'file', mediaType } as ModelFilePart)
    return own as Part
  }

  function assistantPart(part: ModelAssistantPart): ModelAssistantPart[] {
    if (part.type === 'opaque') {
      return part.provider === provider && (part.model ?? owner) === owner ? [part] : []
    }
    const { providerData, ...others } = part
    const own = providerData?.[provider]
    const model = own?.['model']
    if (part.type === 'file') {
      const isOwn = model === owner
      if (isOwn && own?.[ownFile]) return [part]
      const one = given(part, true, profile.inputMedia ?? (isOwn ? undefined : takesMade))
      if (one.type === 'text') return [one]
      const told = forgotten(part)
      made.push(told, one)
      return [told]
    }
    const isOwn = (model ?? owner) === owner
    if (part.type === 'reasoning' && !(own && isOwn)) return []
    return [isOwn ? part : (others as ModelAssistantPart)]
  }

  const handOn = (content: readonly ModelUserPart[]): void => {
    if (made.length + content.length > 0) out.push({ role: 'user', content: [...made, ...content] })
    made = []
  }
  for (const message of messages) {
    const { role } = message
    if (role === 'user') handOn(message.content.map((part) => (part.type === 'file' ? given(part) : part)))
    else if (role === 'tool') {
      out.push({ role, content: message.content.map((one) => ({ ...one, parts: one.parts.map(resultPart) })) })
    } else {
      handOn([])
      out.push(role === 'system' ? message : { role, content: message.content.flatMap(assistantPart) })
    }
  }
  handOn([])
  return out
}
