import { decodeStreamResponse, decodeTask, encodeTask } from '@pf-agents/a2a-protocol'
import { createTaskFold, createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { createSeededRandom } from '@pf-agents/agent-core/testing'
import {
  applyEvent,
  type Interrupt,
  type Message,
  type RunEvent,
  snapshotTask,
  type StoredEvent,
  type Task,
  type TaskFacts,
} from '@pf-agents/agent-core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bindingNames, streamingApp } from '../../test/stream-client'
import { encodeStoredTask } from '../operation/encode-stored-task'
import { EventEncoder } from './event-encoder'
import { restFraming } from './framing'
import { submittedTask } from './submitted-task'

const key = { tenant: '', principalId: 'p', taskId: 't' }
const at = (n: number) => new Date(1_700_000_000_000 + n).toISOString()

const word = fc.string({ unit: 'grapheme', maxLength: 12 })
const artifactId = fc.constantFrom('a', 'b', 'c', 'd')
const part = fc.oneof(
  fc.record({ text: word }),
  fc.record({ text: word, mediaType: fc.constantFrom('text/plain', 'text/markdown') }),
  fc.record({ text: word, filename: fc.constant('x.txt') }),
  fc.record({
    data: fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__')) as fc.Arbitrary<null>,
  }),
  fc.record({ raw: fc.constant('AAAA') }),
  fc.record({ url: fc.constant('https://x.example/') }),
)
const parts = fc.array(part, { minLength: 1, maxLength: 3 })
const metadata = fc.dictionary(fc.constantFrom('k', 'l'), fc.integer())

/** What updates of A2A can tell. */
const sayable = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ type: fc.constant('text-delta' as const), messageId: artifactId, delta: word })
      .map((one) => [one]),
  },
  { weight: 1, arbitrary: artifactId.map((messageId) => [{ type: 'text-start' as const, messageId }]) },
  { weight: 1, arbitrary: artifactId.map((messageId) => [{ type: 'text-end' as const, messageId }]) },
  {
    weight: 4,
    arbitrary: fc
      .record(
        {
          type: fc.constant('artifact' as const),
          append: fc.boolean(),
          lastChunk: fc.boolean(),
          artifact: fc.record(
            {
              artifactId,
              parts,
              name: word.filter((text) => text !== ''),
              metadata,
              extensions: fc.constant(['urn:x']),
            },
            { requiredKeys: ['artifactId', 'parts'] },
          ),
        },
        { requiredKeys: ['type', 'artifact'] },
      )
      .map((one) => [one as unknown as RunEvent]),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(1000)
      .map((n) => [{ type: 'status' as const, status: { state: 'working' as const, timestamp: at(n) } }]),
  },
  { weight: 1, arbitrary: metadata.map((one) => [{ type: 'metadata' as const, metadata: one }]) },
  {
    weight: 1,
    arbitrary: fc.constant([
      { type: 'step-start' as const, name: 's' },
      { type: 'custom' as const, name: 'c', value: 1 },
    ]),
  },
  // What the agent says between, and with a status.
  { weight: 1, arbitrary: fc.uuid().map((id) => [{ type: 'message' as const, message: said(id) }]) },
  {
    weight: 1,
    arbitrary: fc.uuid().map((id) => [
      { type: 'message' as const, message: said(id) },
      { type: 'status' as const, status: { state: 'working' as const, timestamp: at(1), message: said(id) } },
    ]),
  },
) as fc.Arbitrary<readonly RunEvent[]> as fc.Arbitrary<RunEvent[]>

const said = (messageId: string, role: Message['role'] = 'agent'): Message => ({
  messageId,
  role,
  parts: [{ text: `said ${messageId.slice(0, 4)}` }],
  contextId: 'c',
  taskId: 't',
})

const question = (id: string): Interrupt => ({ id, kind: 'input', prompt: 'which?', slot: id, status: 'open' })

/** What they can not, so that the task itself has to come at the end. */
const unsayable: fc.Arbitrary<RunEvent[]> = fc.oneof(
  fc.uuid().map((id) => [{ type: 'message' as const, message: said(id, 'user') }]),
  fc
    .uuid()
    .map((id) => [
      { type: 'status' as const, status: { state: 'working' as const, timestamp: at(2), message: said(id) } },
    ]),
  artifactId.map((id) => [
    { type: 'text-delta' as const, messageId: id, delta: 'x' },
    { type: 'artifact' as const, append: true, artifact: { artifactId: id, parts: [], name: 'named' } },
  ]),
  // A question, its answer, and a question that nobody puts into words.
  fc.uuid().map((id) => [
    { type: 'interrupt-start' as const, interrupt: question(id) },
    { type: 'message' as const, message: said(`q${id}`) },
    {
      type: 'status' as const,
      status: { state: 'input-required' as const, timestamp: at(3), message: said(`q${id}`) },
    },
    { type: 'message' as const, message: said(`u${id}`, 'user') },
    { type: 'interrupt-end' as const, interruptId: id, status: 'answered' as const },
    { type: 'status' as const, status: { state: 'working' as const, timestamp: at(4) } },
  ]),
  fc.uuid().map((id) => [
    { type: 'interrupt-start' as const, interrupt: question(id) },
    { type: 'status' as const, status: { state: 'input-required' as const, timestamp: at(5) } },
  ]),
)

const ending: fc.Arbitrary<RunEvent[]> = fc.oneof(
  fc.constant<RunEvent[]>([{ type: 'status', status: { state: 'completed', timestamp: at(9) } }]),
  fc.uuid().map((id): RunEvent[] => [
    { type: 'message', message: said(id) },
    { type: 'status', status: { state: 'failed', timestamp: at(9), message: said(id) } },
  ]),
)

/** The frames of a stream, in whatever batches, and what the task came to. */
function tell(events: readonly RunEvent[], cuts: readonly number[]) {
  const task: Task = {
    id: 't',
    contextId: 'c',
    status: { state: 'submitted', timestamp: at(0) },
    artifacts: [],
    history: [],
  }
  const interrupts: Interrupt[] = []
  for (const event of events) {
    applyEvent(task, event)
    if (event.type === 'interrupt-start') interrupts.push({ ...event.interrupt })
    if (event.type === 'interrupt-end')
      for (const one of interrupts) if (one.id === event.interruptId) one.status = event.status
  }
  const facts: TaskFacts = { principal: { id: 'p' }, runId: 'r', interrupts }
  const stored: StoredEvent[] = events.map((event, index) => ({ seq: index + 1, event }))
  const bounds = [...new Set([...cuts.map((cut) => 2 + (cut % events.length)), events.length])]
    .filter((cut) => cut >= 2 && cut <= events.length)
    .toSorted((a, b) => a - b)
  const first = submittedTask(stored.slice(0, bounds[0]), key)
  const encoder = new EventEncoder({
    taskId: 't',
    contextId: 'c',
    framing: restFraming,
    outgoing: undefined,
    endsAtInput: false,
    status: first.stored.task.status,
    saidId: first.stored.task.history.at(-1)?.messageId,
    artifactIds: [],
    interrupts: undefined,
    hasUnsaid: false,
  })
  let text = encoder.snapshot(encodeStoredTask(first.stored, {}), first.stored.lastSeq)
  text += encoder.encode(first.rest)
  for (let index = 1; index < bounds.length; index++)
    text += encoder.encode(stored.slice(bounds[index - 1], bounds[index]))
  expect(encoder.hasEnded).toBe(true)
  const { hasUnsaid } = encoder
  if (hasUnsaid) text += encoder.snapshot(encodeStoredTask({ task, facts }, {}), events.length)
  const frames = text.split('\n\n').filter((frame) => frame !== '')
  const fold = createTaskFold()
  const ids: number[] = []
  for (const frame of frames) {
    const [id, data, ...more] = frame.split('\n')
    expect(more).toEqual([])
    ids.push(Number.parseInt((id as string).slice('id: '.length), 10))
    fold.add(decodeStreamResponse(JSON.parse((data as string).slice('data: '.length))))
  }
  return { hasUnsaid, ids, folded: fold.task, stored: decodeTask(JSON.parse(JSON.stringify(encodeTask(task)))), frames }
}

const begin: RunEvent[] = [
  { type: 'message', message: said('m0', 'user') },
  { type: 'status', status: { state: 'working', timestamp: at(0) } },
]
const cuts = fc.array(fc.nat(200), { maxLength: 12 })

it('a stream folds to the stored task, whatever happened and however it was batched', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 5, arbitrary: sayable }, unsayable), { maxLength: 25 }),
      ending,
      cuts,
      (middle, end, where) => {
        const { folded, stored, ids } = tell([...begin, ...middle.flat(), ...end], where)
        expect(folded).toEqual(stored)
        expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      },
    ),
    { numRuns: 600 },
  )
})

it('updates alone tell all that updates can tell, each event once', () => {
  fc.assert(
    fc.property(fc.array(sayable, { maxLength: 25 }), ending, cuts, (middle, end, where) => {
      const { folded, stored, hasUnsaid, ids } = tell([...begin, ...middle.flat(), ...end], where)
      expect(hasUnsaid).toBe(false)
      expect(folded).toEqual(stored)
      expect(new Set(ids).size).toBe(ids.length)
    }),
    { numRuns: 600 },
  )
})

it('the frames do not hang on the batches, as long as those do not part a message from its status', () => {
  fc.assert(
    fc.property(fc.array(sayable, { maxLength: 25 }), ending, cuts, (middle, end, where) => {
      const groups = [...middle, end]
      const events = [...begin, ...groups.flat()]
      // Batches end where groups do.
      const ends = groups.reduce<number[]>((list, group) => [...list, (list.at(-1) ?? 2) + group.length], [])
      const allowed = where.map((cut) => (ends[cut % ends.length] as number) - 2)
      expect(tell(events, allowed).frames).toEqual(tell(events, []).frames)
    }),
    { numRuns: 200 },
  )
})

it.each(bindingNames)('what a handler does reaches the client of %s as it is stored', async (binding) => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = createSeededRandom(seed)
    const below = (n: number) => Math.floor(random.fraction() * n)
    const app = streamingApp({
      async *onMessage(_message, context) {
        const count = 5 + below(60)
        for (let index = 0; index < count; index++) {
          const kind = below(10)
          const id = `a${below(4)}`
          if (kind < 4) yield `word ${index} `
          else if (kind < 6) yield { type: 'text-delta', messageId: id, delta: `${index} ` }
          else if (kind < 7)
            yield {
              type: 'artifact',
              append: below(2) === 0,
              artifact: { artifactId: id, parts: [{ text: `${index}` }, { data: [index] }] },
            }
          else if (kind < 8) context.emit({ type: 'metadata', metadata: { [`k${below(3)}`]: index } })
          else if (kind < 9)
            context.emit({
              type: 'message',
              message: {
                messageId: `s${seed}-${index}`,
                role: 'agent',
                parts: [{ text: `${index}` }],
                contextId: context.contextId,
                taskId: context.task.id,
              },
            })
          else
            yield {
              type: 'status',
              status: {
                state: 'working',
                timestamp: at(index),
                ...(below(2) === 0 && { message: said(`w${seed}-${index}`) }),
              },
            }
          if (below(4) === 0) await context.flush()
          if (below(6) === 0) await new Promise((resolve) => setTimeout(resolve, below(2)))
        }
      },
    })
    const client = createA2AClient({
      url: 'http://agent.test',
      prefer: { bindings: [binding] },
      fetch: async (url, init) => app.fetch(new Request(url, init)),
    })
    const stream = client.sendStreamingMessage({ message: userMessage('go') })
    let task: Task | undefined
    for await (const event of stream) if ('task' in event) task ??= snapshotTask(event.task)
    expect(task?.status.state, `seed ${seed}`).toBe('submitted')
    expect(stream.task, `seed ${seed}`).toEqual(await client.getTask({ id: stream.task?.id as string }))
    await app.close()
  }
})
