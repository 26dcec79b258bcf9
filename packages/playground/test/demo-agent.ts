import {
  defineAgent,
  type IncomingMessage,
  type JsonObject,
  reply,
  type RunContext,
  type RunEvent,
} from '@pf-agents/agent-core'

/** Lets tests say when an agent goes on. */
export class Gate {
  #open!: () => void
  readonly passed = new Promise<void>((resolve) => (this.#open = resolve))
  open(): void {
    this.#open()
  }
}

const pass = (gate: Gate, { signal }: RunContext): Promise<void> =>
  new Promise((resolve, reject) => {
    void gate.passed.then(resolve)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })

function* call(toolCallId: string, name: string, args: JsonObject): Generator<RunEvent> {
  yield { type: 'tool-call-start', toolCallId, name }
  yield { type: 'tool-call-delta', toolCallId, delta: JSON.stringify(args) }
  yield { type: 'tool-call-end', toolCallId }
}

const itinerary = `Two trains fit. I would take the **07:40**:

| Train | Leaves | Arrives | Fare |
|---|---|---|---|
| RJ 562 | 07:40 | 11:25 | 49 € |
| RJ 568 | 13:40 | 17:25 | 39 € |

- Seats by the window are free
- Change at *Linz*, 12 minutes`

const rideSchema: JsonObject = {
  type: 'object',
  properties: {
    seats: { type: 'integer', minimum: 1, maximum: 6, title: 'Seats' },
    class: { type: 'string', enum: ['second', 'first'], title: 'Class' },
    day: { type: 'string', format: 'date', title: 'Day' },
    quiet: { type: 'boolean', title: 'Quiet coach' },
    note: { type: 'string', title: 'Note', description: 'Anything the desk should know' },
  },
  required: ['seats', 'class'],
}

async function* plan(): AsyncGenerator<RunEvent> {
  yield { type: 'step-start', name: 'search' }
  yield { type: 'reasoning-start', messageId: 'thought' }
  yield { type: 'reasoning-delta', messageId: 'thought', delta: 'Vienna to Salzburg in the morning. ' }
  yield { type: 'reasoning-delta', messageId: 'thought', delta: 'Direct trains first, then the fare.' }
  yield { type: 'reasoning-end', messageId: 'thought' }
  yield* call('search', 'search_trains', { from: 'Vienna', to: 'Salzburg', before: '09:00' })
  yield { type: 'tool-result', toolCallId: 'search', parts: [{ data: { trains: ['RJ 562', 'RJ 568'] } }] }
  yield { type: 'state-snapshot', state: { trip: { from: 'Vienna', to: 'Salzburg' }, seats: 1 } }
  yield { type: 'step-end', name: 'search' }
  yield { type: 'usage', usage: { inputTokens: 1840, outputTokens: 212, turns: 2, toolCalls: 1, costUsd: 0.0042 } }
  yield { type: 'text-start', messageId: 'answer' }
  for (const piece of itinerary.split(/(?<= )/)) yield { type: 'text-delta', messageId: 'answer', delta: piece }
  yield { type: 'text-end', messageId: 'answer' }
  yield {
    type: 'artifact',
    artifact: {
      artifactId: 'trip',
      name: 'trip.ics',
      parts: [
        { data: { train: 'RJ 562', leaves: '07:40' } },
        { raw: btoa('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'), mediaType: 'text/calendar', filename: 'trip.ics' },
        { url: 'https://rail.example/RJ562', mediaType: 'text/html' },
      ],
    },
    lastChunk: true,
  }
}

async function* pay(context: RunContext): AsyncGenerator<RunEvent | ReturnType<typeof reply.text> | string> {
  const decided = context.slots['approve'] as { approved: boolean; reason?: string } | undefined
  if (decided === undefined) {
    yield* call('pay', 'pay', { amount: 49, currency: 'EUR', to: 'Rail Desk' })
    yield {
      reply: 'suspended',
      state: 'input-required',
      interrupts: [
        {
          kind: 'approval',
          prompt: 'May I pay 49 €?',
          slot: 'approve',
          toolCallId: 'pay',
          schema: {
            type: 'object',
            properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
            required: ['approved'],
          },
        },
      ],
    } as never
    return
  }
  yield { type: 'tool-result', toolCallId: 'pay', parts: [{ data: decided as unknown as JsonObject }] }
  yield decided.approved
    ? 'Paid 49 €.'
    : `Nothing was paid${decided.reason === undefined ? '' : `: ${decided.reason}`}.`
}

function book(context: RunContext) {
  const ride = context.slots['ride'] as { seats: number; class: string } | undefined
  if (ride === undefined)
    return reply.inputRequired({ prompt: 'How would you like to travel?', slot: 'ride', schema: rideSchema })
  return reply.text(`Booked ${ride.seats} in ${ride.class} class: ${JSON.stringify(ride)}`)
}

/** An agent that shows all that the page can show. `gates` are opened by whoever tests. */
export function demoAgent(gates: { slow: Gate }) {
  return defineAgent({
    name: 'rail-desk',
    description: 'Finds trains, books seats and pays for them.',
    version: '1.2.0',
    skills: [
      {
        id: 'plan',
        name: 'Plan a trip',
        description: 'Finds trains between two cities',
        tags: ['travel'],
        examples: ['Plan a trip to Salzburg'],
      },
      {
        id: 'book',
        name: 'Book seats',
        description: 'Asks for what it needs to know',
        tags: ['travel'],
        examples: ['Book seats'],
      },
      {
        id: 'pay',
        name: 'Pay',
        description: 'Only with your approval',
        tags: ['payment'],
        examples: ['Pay for the trip'],
      },
    ].map((skill) => ({
      ...skill,
      handler: (_input: unknown, context: RunContext) => answer(context.message, context, gates),
    })),
    route: ({ text }) =>
      /plan/i.test(text) ? 'plan' : /book/i.test(text) ? 'book' : /pay/i.test(text) ? 'pay' : undefined,
    onMessage: (message, context) => answer(message, context, gates),
  })
}

function answer(message: IncomingMessage, context: RunContext, gates: { slow: Gate }) {
  const kept = context.state.task.get('topic') as string | undefined
  const topic = kept ?? message.text
  if (kept === undefined) context.state.task.set('topic', topic)
  if (/plan/i.test(topic)) return plan()
  if (/book/i.test(topic)) return book(context)
  if (/pay/i.test(topic)) return pay(context)
  if (/slow/i.test(topic)) return slow(context, gates.slow)
  if (/fail/i.test(topic)) return reply.failed('The timetable is not available.')
  return reply.text(`You said: ${topic}`)
}

async function* slow(context: RunContext, gate: Gate) {
  yield 'The first half. '
  await pass(gate, context)
  yield 'The second half.'
}
