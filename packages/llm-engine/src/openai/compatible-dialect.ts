import type { JsonObject, JsonValue, ModelAssistantMessage, ModelCall, ModelMessage } from '@pf-agents/agent-core'
import { hash } from '../tool/tool-names'
import { plainFile } from '../wire/file-types'
import { arrayOf, defined, objectOf, stringOf } from '../wire/json'
import type { ChatDialect, Fields } from './chat-dialect'
import type { ChatProfile } from './chat-profile'
import { addReasoningDetails } from './reasoning-details'
import { plainSchema } from './strict-schema'

/** What the servers have that speak like OpenAI's Chat Completions, each as its profile says. */
export const compatibleDialect: ChatDialect = {
  fields: (call, messages, profile) => ({
    messages: withSchema(withIds(withThoughts(messages, call.messages, profile), profile), call, profile),
    ...reasoning(call, profile),
    ...responseFormat(call, profile),
  }),

  /** OpenRouter's structured thoughts go back as they were; the plain text beside them is what is shown. */
  addThoughts: addReasoningDetails,

  /** OpenRouter's. */
  files: ({ images }) =>
    arrayOf(images).flatMap((image) => {
      const url = stringOf(objectOf(objectOf(image)['image_url'])['url'])
      return url ? [plainFile({ type: 'file', mediaType: 'image', url })] : []
    }),
}

function withThoughts(
  out: readonly JsonObject[],
  messages: readonly ModelMessage[],
  profile: ChatProfile,
): readonly JsonObject[] {
  const { echoReasoning: echo = 'never' } = profile
  if (echo === 'never') return out
  // A turn lasts from what one user says to what the next one does: the answer behind the calls is part of it.
  let turn = 0
  const turns = messages.map(({ role }) => (role === 'user' ? ++turn : turn))
  const toolTurns = new Set(turns.filter((_, index) => messages[index]?.role === 'tool'))
  const thoughts = messages.flatMap((message, index): JsonObject[] => {
    if (message.role !== 'assistant') return []
    return echo === 'always' || toolTurns.has(turns[index] as number) ? [thoughtsOf(message, profile)] : [{}]
  })
  let at = 0
  return out.map((one) => (one['role'] === 'assistant' ? { ...one, ...thoughts[at++] } : one))
}

function thoughtsOf({ content }: ModelAssistantMessage, profile: ChatProfile): JsonObject {
  const { provider, echoEmpty = false, reasoningField = 'reasoning_content' } = profile
  let text = ''
  const details: JsonValue[] = []
  for (const part of content) {
    // None is here but the server's own.
    if (part.type !== 'reasoning') continue
    text += part.text
    addReasoningDetails(details, arrayOf(part.providerData?.[provider]?.['reasoning_details']))
  }
  return {
    ...((echoEmpty || text !== '') && { [reasoningField]: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}

/** Ids that the server does not take are replaced by others, each always by the same. */
function withIds(messages: readonly JsonObject[], { toolCallId: rule }: ChatProfile): readonly JsonObject[] {
  if (rule === undefined) return messages
  const known = (id: JsonValue | undefined): string => {
    const text = stringOf(id) ?? ''
    return rule.pattern.test(text) ? text : (hash(text) + hash(`${text}.`)).slice(0, rule.length)
  }
  return messages.map((message) => {
    const { role, tool_calls: calls, tool_call_id: id } = message
    if (role === 'tool') return { ...message, tool_call_id: known(id) }
    if (calls === undefined) return message
    return {
      ...message,
      tool_calls: arrayOf(calls).map((call) => ({ ...objectOf(call), id: known(objectOf(call)['id']) })),
    }
  })
}

function reasoning({ reasoning: asked }: ModelCall, { reasoning: form }: ChatProfile): Fields {
  if (asked === undefined || form === undefined || form === 'reasoning_effort') return {}
  const { effort, budgetTokens, show } = asked
  const own = { effort, max_tokens: budgetTokens, exclude: show === false ? true : undefined }
  return { reasoning_effort: undefined, ...(form === 'reasoning' && { reasoning: defined(own) }) }
}

function responseFormat({ output }: ModelCall, { output: form = 'schema' }: ChatProfile): Fields {
  if (output === undefined || form === 'schema') return {}
  return { response_format: form === 'object' ? { type: 'json_object' } : undefined }
}

/** A server that can not hold the answer to a schema is told of it in words, behind the standing orders. */
function withSchema(messages: readonly JsonObject[], { output }: ModelCall, profile: ChatProfile): JsonObject[] {
  if (output === undefined || (profile.output ?? 'schema') === 'schema') return [...messages]
  const schema = JSON.stringify(plainSchema(output.schema))
  const order = {
    role: profile.systemRole ?? 'system',
    content: `Answer with JSON of this JSON Schema only:\n${schema}`,
  }
  const at = messages.findIndex(({ role }) => role !== order.role)
  return messages.toSpliced(at < 0 ? messages.length : at, 0, order)
}
