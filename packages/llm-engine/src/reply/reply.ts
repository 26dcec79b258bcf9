import type {
  ModelAssistantMessage,
  ModelAssistantPart,
  ModelFilePart,
  ModelFinish,
  ModelResponseStart,
  ModelStreamPart,
  ModelToolCallPart,
  ModelUsage,
} from '@pf-agents/agent-core'
import { plausible } from '../usage/cost'

/** A whole answer. */
export interface ModelReply {
  /** To append to the history as it is. */
  message: ModelAssistantMessage
  /** All text of it. */
  text: string
  /** The files that the model made. */
  files: readonly ModelFilePart[]
  /** The calls to run; those cut off are not among them. */
  toolCalls: readonly ModelToolCallPart[]
  /** Calls that the end of the answer cut off. Never run them. */
  cutCalls: readonly ModelToolCallPart[]
  finish: ModelFinish
  usage: ModelUsage
  response: Omit<ModelResponseStart, 'type'> | undefined
}

interface Block {
  part: Extract<ModelAssistantPart, { type: 'text' | 'reasoning' }>
  pieces: string[]
}

/** Puts an answer together, part by part. Bound by the answer itself: where that is too much, do not collect. */
export interface ReplyCollector {
  add(part: ModelStreamPart): void
  /** What has come so far. */
  reply(): ModelReply
}

/** Makes a collector for one answer. */
export function createReplyCollector(): ReplyCollector {
  const content: ModelAssistantPart[] = []
  const blocks = new Map<string, Block>()
  const calls = new Map<string, ModelToolCallPart>()
  const cut = new Set<string>()
  const open = new Map<string, string[]>()
  let finish: ModelFinish = { reason: 'interrupted', complete: false }
  let usage: ModelUsage = { estimated: true }
  let response: ModelReply['response']
  const begin = (type: 'text' | 'reasoning', id: string) => {
    const part: Block['part'] = { type, text: '' }
    blocks.set(`${type}:${id}`, { part, pieces: [] })
    content.push(part)
  }

  const add = (part: ModelStreamPart): void => {
    switch (part.type) {
      case 'response-start': {
        const { type: _type, ...rest } = part
        response = rest
        return
      }
      case 'text-start':
        return begin('text', part.id)
      case 'reasoning-start':
        return begin('reasoning', part.id)
      case 'text-delta':
        blocks.get(`text:${part.id}`)?.pieces.push(part.delta)
        return
      case 'reasoning-delta':
        blocks.get(`reasoning:${part.id}`)?.pieces.push(part.delta)
        return
      case 'text-end':
      case 'reasoning-end': {
        const block = blocks.get(`${part.type === 'text-end' ? 'text' : 'reasoning'}:${part.id}`)
        if (block && part.providerData) block.part.providerData = part.providerData
        return
      }
      case 'tool-call-start': {
        const call: ModelToolCallPart = {
          type: 'tool-call',
          toolCallId: part.toolCallId,
          name: part.name,
          arguments: '{}',
        }
        calls.set(part.toolCallId, call)
        open.set(part.toolCallId, [])
        content.push(call)
        return
      }
      case 'tool-call-delta':
        open.get(part.toolCallId)?.push(part.delta)
        return
      case 'tool-call-end': {
        const call = calls.get(part.toolCallId)
        if (!call) return
        call.arguments = part.arguments
        if (part.providerData) call.providerData = part.providerData
        if (!part.complete) cut.add(part.toolCallId)
        open.delete(part.toolCallId)
        return
      }
      case 'file':
        // One without content says nothing, and no provider takes it back.
        if (!part.raw && !part.url) return
        content.push(part)
        return
      case 'opaque':
        content.push(part)
        return
      case 'usage':
        usage = { ...plausible(part.usage), estimated: true }
        return
      case 'finish':
        finish = part.finish
        usage = plausible(part.usage)
        return
      default:
      // `retry` and `fallback` are no part of the answer; nor is what a later version may add.
    }
  }
  const reply = (): ModelReply => {
    for (const { part, pieces } of blocks.values()) part.text = pieces.join('')
    for (const [id, pieces] of open) {
      const call = calls.get(id)
      if (call) call.arguments = pieces.join('')
    }
    const isCut = (call: ModelToolCallPart) => cut.has(call.toolCallId) || open.has(call.toolCallId)
    return {
      message: { role: 'assistant', content: content.filter(isKept) },
      text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      files: content.filter((part) => part.type === 'file'),
      toolCalls: [...calls.values()].filter((call) => !isCut(call)),
      cutCalls: [...calls.values()].filter(isCut),
      finish,
      usage,
      response,
    }
  }
  return { add, reply }
}

/** Empty text says nothing and some providers refuse it; with data on it, it has to go back. */
function isKept(part: ModelAssistantPart): boolean {
  return (part.type !== 'text' && part.type !== 'reasoning') || part.text !== '' || part.providerData !== undefined
}
