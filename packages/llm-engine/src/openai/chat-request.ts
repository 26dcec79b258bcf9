import type { JsonObject, JsonValue, ModelCall, ModelTool } from '@pf-agents/agent-core'
import { wireName } from '../tool/tool-names'
import { defined } from '../wire/json'
import { chatMessages } from './chat-messages'
import type { ChatDialect } from './chat-dialect'
import type { ChatProfile } from './chat-profile'
import { isStrictSchema, plainSchema } from './strict-schema'

/** The body of a request. The same call gives the same text, so that the provider's cache can hold it. */
export function chatBody(
  call: ModelCall,
  model: string | undefined,
  profile: ChatProfile,
  warnings: string[],
  dialect?: ChatDialect,
): JsonObject {
  const { tools = [] } = call
  const messages = chatMessages(call.messages, profile)
  const thinks = profile.systemRole === 'developer'
  if (call.topK !== undefined) warnings.push('Chat Completions have no topK: it was left out.')
  return defined({
    model,
    messages,
    tools: tools.length > 0 ? tools.map((tool) => chatTool(tool, profile)) : undefined,
    tool_choice: tools.length > 0 ? toolChoice(call) : undefined,
    parallel_tool_calls: tools.length > 0 && profile.parallelToolCalls ? call.parallelToolCalls : undefined,
    [profile.maxTokensField ?? 'max_tokens']: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: call.topP,
    presence_penalty: call.presencePenalty,
    frequency_penalty: call.frequencyPenalty,
    stop: call.stopSequences?.length ? [...call.stopSequences] : undefined,
    seed: call.seed,
    reasoning_effort: call.reasoning?.effort,
    response_format: responseFormat(call, profile),
    stream: true,
    stream_options: profile.streamUsage === false ? undefined : streamOptions(thinks),
    ...dialect?.fields(call, messages, profile),
    ...profile.extraBody,
    ...(call.providerOptions?.[profile.provider] as JsonObject | undefined),
  }) as JsonObject
}

/** Without the padding that hides lengths from eavesdroppers; only OpenAI itself knows the field. */
function streamOptions(firstParty: boolean): JsonObject {
  return firstParty ? { include_usage: true, include_obfuscation: false } : { include_usage: true }
}

function chatTool(tool: ModelTool, profile: ChatProfile): JsonObject {
  const strict = tool.strict === true && profile.strict === true && isStrictSchema(tool.parameters)
  return {
    type: 'function',
    function: defined({
      name: wireName(tool.name),
      description: tool.description,
      parameters: plainSchema(tool.parameters),
      strict: strict || undefined,
    }),
  }
}

function toolChoice({ toolChoice: choice }: ModelCall): JsonValue | undefined {
  if (choice === undefined || typeof choice === 'string') return choice
  if ('tool' in choice) return { type: 'function', function: { name: wireName(choice.tool) } }
  return {
    type: 'allowed_tools',
    allowed_tools: {
      mode: choice.required === true ? 'required' : 'auto',
      tools: choice.allowed.map((name) => ({ type: 'function', function: { name: wireName(name) } })),
    },
  }
}

function responseFormat({ output }: ModelCall, profile: ChatProfile): JsonObject | undefined {
  if (output === undefined) return undefined
  return {
    type: 'json_schema',
    json_schema: defined({
      name: output.name ?? 'output',
      description: output.description,
      schema: plainSchema(output.schema),
      strict: profile.strict === true ? isStrictSchema(output.schema) : undefined,
    }),
  }
}
