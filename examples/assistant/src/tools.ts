import { defineTool, type JsonValue, jsonSchema, type RunContext } from '@pf-agents/agent-core'

/** What a conversation has noted so far. */
async function notesOf({ state }: RunContext): Promise<string[]> {
  return ((await state.context.get('notes')) as string[] | undefined) ?? []
}

/** Two calls at once would overwrite each other's list. */
export const takeNote = defineTool({
  name: 'take_note',
  description: 'Writes a note down.',
  input: jsonSchema<{ text: string }>({
    type: 'object',
    properties: { text: { type: 'string', description: 'The note, in the words of the user' } },
    required: ['text'],
    additionalProperties: false,
  }),
  parallel: false,
  async run({ text }, { context }) {
    const notes = [...(await notesOf(context)), text]
    await context.state.context.set('notes', notes)
    return `Note ${notes.length} is written down.`
  },
})

export const readNotes = defineTool({
  name: 'read_notes',
  description: 'Reads all notes of this conversation.',
  input: jsonSchema<Record<string, never>>({ type: 'object', properties: {}, additionalProperties: false }),
  run: async (_arguments, { context }) => notesOf(context),
})

/** A mail of the outbox. */
type Mail = { to: string; text: string }

/** Runs only once somebody has allowed it, whatever the model says. */
export const sendMail = defineTool({
  name: 'send_mail',
  description: 'Sends a mail.',
  input: jsonSchema<Mail>({
    type: 'object',
    properties: {
      to: { type: 'string', format: 'email' },
      text: { type: 'string', minLength: 1 },
    },
    required: ['to', 'text'],
    additionalProperties: false,
  }),
  needsApproval: true,
  parallel: false,
  async run(mail, { context }) {
    // Where a real one would hand it to a mail server, the example keeps an outbox.
    const outbox = ((await context.state.context.get('outbox')) as JsonValue[] | undefined) ?? []
    await context.state.context.set('outbox', [...outbox, mail])
    return `Sent to ${mail.to}; ${outbox.length + 1} in all.`
  },
})
