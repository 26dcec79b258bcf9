import type { AguiEvent } from './report'

interface Parser {
  safeParse(value: unknown): {
    success: boolean
    error?: { issues: readonly { path: PropertyKey[]; message: string }[] }
  }
}
interface Schemas {
  EventSchema: Parser & { options: readonly { shape: Readonly<Record<string, unknown>> }[] }
}

/** What the protocol says of events. */
export interface EventSchemas {
  /** What is wrong with an event; `undefined` where nothing is. */
  problem(event: AguiEvent): string | undefined
  /** Fields that the protocol does not have: clients leave them out. */
  unknownFields(event: AguiEvent): string[]
}

/** Loads the schema of the protocol, as its authors publish it. */
export async function loadSchemas(): Promise<EventSchemas> {
  let schemas: Schemas
  try {
    schemas = (await import('@ag-ui/core/schemas')) as unknown as Schemas
  } catch (cause) {
    throw new Error('Checks of AG-UI servers need the schema of the protocol: npm install -D @ag-ui/core zod', {
      cause,
    })
  }
  const { EventSchema } = schemas
  const fields = new Map(EventSchema.options.map(({ shape }) => [typeOf(shape['type']), new Set(Object.keys(shape))]))
  return {
    problem(event) {
      if (!fields.has(event.type)) return `There is no event ${JSON.stringify(event.type)}.`
      const { success, error } = EventSchema.safeParse(event)
      if (success) return undefined
      return (error?.issues ?? []).map(({ path, message }) => `${event.type}.${path.join('.')}: ${message}`).join('; ')
    },
    unknownFields(event) {
      const known = fields.get(event.type)
      return known === undefined ? [] : Object.keys(event).filter((name) => !known.has(name))
    },
  }
}

function typeOf(literal: unknown): string {
  return String([...(literal as { values: Set<string> }).values][0])
}
