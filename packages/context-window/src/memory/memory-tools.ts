import {
  defineTool,
  jsonSchema,
  memoryPort,
  type MemoryService,
  type RunContext,
  type Tool,
} from '@pf-agents/agent-core'

/** Texts that a model is given at most. */
const most = 20

/** The tools with which a model remembers and recalls, for the principal of the run and nobody else. */
export function memoryTools(): Tool[] {
  const remember = defineTool({
    name: 'remember',
    description:
      'Remembers one fact about the user or their work for later conversations. One or two sentences that can be understood alone.',
    input: jsonSchema<{ text: string }>({
      type: 'object',
      properties: { text: { type: 'string', minLength: 1 } },
      required: ['text'],
      additionalProperties: false,
    }),
    async run({ text }, { context }) {
      await memoryOf(context).store(memoryOwner(context), text)
      return 'Remembered.'
    },
  })
  const recall = defineTool({
    name: 'recall',
    description: 'Looks up what was remembered in earlier conversations, by key words.',
    input: jsonSchema<{ query: string; limit?: number }>({
      type: 'object',
      properties: {
        query: { type: 'string', description: 'Words that the text has in it.' },
        limit: { type: 'integer', minimum: 1, maximum: most, description: 'Default 5.' },
      },
      required: ['query'],
      additionalProperties: false,
    }),
    async run({ query, limit = 5 }, { context }) {
      const found = await memoryOf(context).recall(memoryOwner(context), query, Math.min(limit, most))
      return found.length === 0 ? 'Nothing was found.' : found.map(({ text }) => text)
    },
  })
  return [remember as Tool, recall as Tool]
}

function memoryOf(context: RunContext): MemoryService {
  return context.services.get(memoryPort)
}

/**
 * Whose memory a run uses, to store and recall in a handler what the tools store and recall: principals of two tenants are
 * two, whatever their ids.
 *
 * @example
 * ```ts
 * await context.services.get(memoryPort).store(memoryOwner(context), 'Prefers trains.')
 * ```
 */
export function memoryOwner({ tenant, principal }: Pick<RunContext, 'tenant' | 'principal'>): string {
  return `${encodeURIComponent(tenant)}/${principal.id}`
}
