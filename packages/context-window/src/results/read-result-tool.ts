import { defineTool, jsonSchema, type Tool } from '@pf-agents/agent-core'
import { resultStore } from './result-store'
import { readerName } from './shorten'

/** Characters given at once, at most and where the model does not say. */
const most = 16_000
const usual = 8_000
/** Places told by a search, and the characters around each. */
const places = 8
const around = 200

type Reading = {
  id: string
  offset?: number
  length?: number
  find?: string
}

/**
 * The tool with which a model reads back results that were put aside. `contextWindow({ offload: true })` brings it along;
 * it is needed by itself only where a strategy made by `createContextStrategy` puts results aside.
 *
 * @example
 * ```ts
 * const agent = defineAgent({ …, model, tools: [search, readToolResult()] })
 * ```
 */
export function readToolResult(): Tool<Reading> {
  return defineTool({
    name: readerName,
    description:
      'Reads a long result of an earlier tool call that was put aside: a piece of it by offset and length in characters, or the places where it has a text.',
    input: jsonSchema<Reading>({
      type: 'object',
      properties: {
        id: { type: 'string', description: 'The id that stands where the result was shortened.' },
        offset: { type: 'integer', minimum: 0, description: 'First character to read. Default 0.' },
        length: { type: 'integer', minimum: 1, maximum: most, description: `Characters to read. Default ${usual}.` },
        find: {
          type: 'string',
          minLength: 1,
          description: 'Finds this text instead, small and capital letters alike.',
        },
      },
      required: ['id'],
      additionalProperties: false,
    }),
    async run({ id, offset = 0, length = usual, find }, { context }) {
      const text = await resultStore(context)?.get(id)
      if (text === undefined) {
        return {
          isError: true,
          parts: [{ text: `There is no result "${id}" any more. Call the tool again that gave it.` }],
        }
      }
      if (find !== undefined) return { parts: [{ text: findings(text, find) }] }
      const end = Math.min(text.length, offset + Math.min(length, most))
      return { parts: [{ text: `Characters ${offset} to ${end} of ${text.length}:\n${text.slice(offset, end)}` }] }
    },
  })
}

function findings(text: string, wanted: string): string {
  const [lower, needle] = [text.toLowerCase(), wanted.toLowerCase()]
  const found: string[] = []
  for (let at = lower.indexOf(needle); at >= 0 && found.length < places; at = lower.indexOf(needle, at + around)) {
    found.push(`At ${at}: … ${text.slice(Math.max(0, at - around), at + needle.length + around)} …`)
  }
  return found.length === 0 ? 'The text is not in this result.' : found.join('\n\n')
}
