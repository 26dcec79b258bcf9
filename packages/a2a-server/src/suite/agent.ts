import { defineAgent, defineSkill, jsonSchema, type Part, reply, type RunContext } from '@pf-agents/agent-core'

/** One part of every kind. */
export const everyPart: Part[] = [
  { text: 'plain' },
  { raw: 'aGVsbG8=', filename: 'hello.txt', mediaType: 'text/plain' },
  { url: 'https://files.example/a.pdf', mediaType: 'application/pdf' },
  { data: { list: [1, null, 'x'] }, mediaType: 'application/json' },
  { data: null },
]

const upper = defineSkill({
  id: 'upper',
  name: 'Upper case',
  description: 'Says a text in upper case',
  tags: ['text'],
  examples: ['hello'],
  input: jsonSchema<{ text: string }>({ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }),
  handler: ({ text }) => reply.data({ upper: text.toUpperCase() }),
})

const picture = defineSkill({
  id: 'picture',
  name: 'Picture',
  description: 'Takes pictures only',
  tags: ['image'],
  inputModes: ['image/png'],
  handler: () => reply.completed('Nice'),
})

/** What the suite's agent does is said by the first word of a message. */
export const suiteAgent = defineAgent({
  name: 'suite',
  description: 'Does what the suite asks',
  version: '1.2.3',
  skills: [upper, picture],
  provider: { organization: 'Example', url: 'https://example.com' },
  inputModes: ['text/plain', 'application/json'],
  onMessage: (message, context) => act(message.text, context),
})

async function act(text: string, context: RunContext) {
  const [first, ...rest] = text.split(' ')
  // An answer goes to the task that asked, which knows what it was asked for.
  const word = context.answers.length > 0 ? context.state.task.get('word') : first
  if (first === 'ask' || first === 'ask-two' || first === 'ask-wait' || first === 'auth')
    context.state.task.set('word', first)
  switch (word) {
    case 'task':
      return reply.artifact({ name: 'result', parts: [{ text: rest.join(' ') }] })
    case 'parts':
      return reply.artifact({ name: 'parts', parts: everyPart })
    case 'say':
      return reply.completed(rest.join(' '))
    case 'ask':
      return context.slots.city === undefined
        ? reply.inputRequired({ prompt: 'Which city?', slot: 'city', schema: { type: 'string', minLength: 2 } })
        : reply.artifact({ parts: [{ text: `To ${context.slots.city as string}` }] })
    case 'ask-two':
      return context.slots.from === undefined || context.slots.to === undefined
        ? reply.inputsRequired([
            { prompt: 'From where?', slot: 'from' },
            { prompt: 'To where?', slot: 'to' },
          ])
        : reply.artifact({ parts: [{ data: { from: context.slots.from, to: context.slots.to } }] })
    case 'ask-wait':
      if (context.answers.length === 0) return reply.inputRequired({ prompt: 'Shall I?' })
      await wait(60_000, context.signal)
      return reply.inputRequired({ prompt: 'Really?', slot: 'really' })
    case 'auth':
      return context.answers.length === 0
        ? reply.authRequired({ prompt: 'Sign in at https://idp.example/device with the code 1234' })
        : reply.completed('Signed in')
    case 'reject':
      return reply.rejected('Not my business')
    case 'fail':
      return reply.failed('It went wrong')
    case 'throw':
      throw new Error('secret detail of /etc/passwd')
    case 'wait':
      await context.startTask()
      await wait(Number(rest[0]) || 0, context.signal)
      return reply.artifact({ parts: [{ text: 'waited' }] })
    case 'facts':
      return reply.data({
        principal: context.principal.id,
        tenant: context.tenant,
        modes: [...context.acceptedOutputModes],
      })
    default:
      return reply.text(`Echo: ${text}`)
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort)
  })
}
