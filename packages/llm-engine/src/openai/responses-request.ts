import type { JsonObject, JsonValue, ModelCall, ModelProfile } from '@pf-agents/agent-core'
import { wireName } from '../tool/tool-names'
import { defined } from '../wire/json'
import { responsesInput } from './responses-input'
import { isStrictSchema, plainSchema } from './strict-schema'

/** What of the address matters to the body. */
export interface ResponsesAbout {
  model: string
  provider: string
  cacheMarks: boolean
  /** What is known of the model: whether it reasons. */
  profile: ModelProfile
}

/** The body of a request: nothing is stored at the provider, all of the history goes along, thoughts encrypted. */
export function responsesBody(call: ModelCall, about: ResponsesAbout, warnings: string[]): JsonObject {
  const { tools = [], output, reasoning } = call
  const { stopSequences, seed, topK, presencePenalty, frequencyPenalty } = call
  for (const [name, value] of Object.entries({ stopSequences, seed, topK, presencePenalty, frequencyPenalty })) {
    if (value !== undefined) warnings.push(`The Responses interface has no ${name}: it was left out.`)
  }
  return defined({
    model: about.model,
    input: responsesInput(call.messages, about.provider, about.cacheMarks, warnings),
    tools: tools.length > 0 ? tools.map(functionTool) : undefined,
    tool_choice: tools.length > 0 ? toolChoice(call) : undefined,
    parallel_tool_calls: tools.length > 0 ? call.parallelToolCalls : undefined,
    max_output_tokens: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: call.topP,
    reasoning:
      reasoning && defined({ effort: reasoning.effort, summary: reasoning.show === false ? undefined : 'auto' }),
    text: output && {
      format: {
        type: 'json_schema',
        name: output.name ?? 'output',
        ...(output.description !== undefined && { description: output.description }),
        schema: plainSchema(output.schema),
        strict: isStrictSchema(output.schema),
      },
    },
    store: false,
    // Models that do not reason answer 400 where they are asked for it; the others do not all give it unasked.
    include: about.profile.reasoning === true || reasoning ? ['reasoning.encrypted_content'] : undefined,
    stream: true,
    stream_options: { include_obfuscation: false },
    ...(call.providerOptions?.[about.provider] as JsonObject | undefined),
  }) as JsonObject
}

function functionTool({ name, description, parameters, strict }: NonNullable<ModelCall['tools']>[number]): JsonObject {
  return {
    type: 'function',
    name: wireName(name),
    ...(description !== undefined && { description }),
    parameters: plainSchema(parameters),
    // Here it must be said: the default is true.
    strict: strict === true && isStrictSchema(parameters),
  }
}

function toolChoice({ toolChoice: choice }: ModelCall): JsonValue | undefined {
  if (choice === undefined || typeof choice === 'string') return choice
  if ('tool' in choice) return { type: 'function', name: wireName(choice.tool) }
  return {
    type: 'allowed_tools',
    mode: choice.required === true ? 'required' : 'auto',
    tools: choice.allowed.map((name) => ({ type: 'function', name: wireName(name) })),
  }
}
