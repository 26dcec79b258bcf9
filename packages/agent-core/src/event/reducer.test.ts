import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Artifact, Task } from '../model/task'
import { applyEvent, snapshotTask } from './reducer'
import type { RunEvent } from './run-event'

function emptyTask(): Task {
  return {
    id: 't',
    contextId: 'c',
    status: { state: 'submitted', timestamp: '2026-01-01T00:00:00.000Z' },
    artifacts: [],
    history: [],
  }
}

const fold = (events: readonly RunEvent[], task = emptyTask()): Task => events.reduce(applyEvent, task)

describe('applyEvent', () => {
  it('sets the status, adds messages, merges metadata', () => {
    const status = { state: 'working', timestamp: '2026-01-01T00:00:01.000Z' } as const
    const message = { messageId: 'm', role: 'user', parts: [{ text: 'hi' }] } as const
    const task = fold([
      { type: 'status', status },
      { type: 'message', message: { ...message, parts: [...message.parts] } },
      { type: 'metadata', metadata: { a: 1, b: 1 } },
      { type: 'metadata', metadata: { b: 2 } },
    ])
    expect(task).toEqual({ ...emptyTask(), status, history: [message], metadata: { a: 1, b: 2 } })
  })

  it('joins text to text, and nothing to anything else', () => {
    const parts = (events: RunEvent[]): unknown => fold(events).artifacts[0]?.parts
    const append = (part: Artifact['parts'][number]): RunEvent => ({
      type: 'artifact',
      artifact: { artifactId: 'a', parts: [part] },
      append: true,
    })
    expect(parts([append({ text: 'a' }), append({ text: 'b' })])).toEqual([{ text: 'ab' }])
    expect(parts([append({ text: 'a' }), append({ text: 'b', mediaType: 'text/html' })])).toEqual([
      { text: 'a' },
      { text: 'b', mediaType: 'text/html' },
    ])
    expect(parts([append({ text: 'a', filename: 'f' }), append({ text: 'b', filename: 'f' })])).toHaveLength(2)
    expect(parts([append({ text: 'a', metadata: {} }), append({ text: 'b' })])).toHaveLength(2)
    expect(parts([append({ text: 'a' }), append({ data: null }), append({ text: 'b' })])).toEqual([
      { text: 'a' },
      { data: null },
      { text: 'b' },
    ])
    expect(parts([append({ raw: 'QQ==' }), append({ raw: 'QQ==' })])).toHaveLength(2)
  })

  it('replaces an artifact that is not appended to, in its place', () => {
    const artifact = (artifactId: string, text: string): RunEvent => ({
      type: 'artifact',
      artifact: { artifactId, parts: [{ text }] },
    })
    expect(fold([artifact('a', '1'), artifact('b', '2'), artifact('a', '3')]).artifacts).toEqual([
      { artifactId: 'a', parts: [{ text: '3' }] },
      { artifactId: 'b', parts: [{ text: '2' }] },
    ])
  })

  it('merges what an appended chunk says of its artifact', () => {
    const task = fold([
      {
        type: 'artifact',
        artifact: { artifactId: 'a', name: 'old', parts: [{ text: '1' }], metadata: { x: 1 }, extensions: ['u'] },
      },
      {
        type: 'artifact',
        append: true,
        artifact: {
          artifactId: 'a',
          name: 'new',
          description: 'd',
          parts: [],
          metadata: { y: 2 },
          extensions: ['u', 'v'],
        },
      },
    ])
    expect(task.artifacts).toEqual([
      {
        artifactId: 'a',
        name: 'new',
        description: 'd',
        parts: [{ text: '1' }],
        metadata: { x: 1, y: 2 },
        extensions: ['u', 'v'],
      },
    ])
  })

  it('folds streamed text into the artifact of its message id', () => {
    const task = fold([
      { type: 'text-start', messageId: 'm' },
      { type: 'text-delta', messageId: 'm', delta: 'Hel' },
      { type: 'reasoning-delta', messageId: 'r', delta: 'hmm' },
      { type: 'text-delta', messageId: 'm', delta: 'lo' },
      { type: 'text-end', messageId: 'm' },
    ])
    expect(task.artifacts).toEqual([{ artifactId: 'm', parts: [{ text: 'Hello' }] }])
  })

  it('changes no event, though the task goes on growing', () => {
    const event: RunEvent = { type: 'artifact', artifact: { artifactId: 'a', parts: [{ text: 'a' }] } }
    const frozen = JSON.parse(JSON.stringify(event), (_, value: unknown) => Object.freeze(value)) as RunEvent
    const task = fold([frozen, { type: 'text-delta', messageId: 'a', delta: 'b' }])
    expect(task.artifacts[0]?.parts).toEqual([{ text: 'ab' }])
    expect(frozen).toEqual(event)
  })

  it('keeps __proto__ in metadata a plain key', () => {
    const metadata = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, never>
    const task = fold([{ type: 'metadata', metadata }])
    expect(JSON.stringify(task.metadata)).toBe('{"__proto__":{"polluted":true}}')
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect((task.metadata as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('finds artifacts whose list somebody else changed', () => {
    const task = emptyTask()
    for (let index = 0; index < 40; index++)
      applyEvent(task, { type: 'text-delta', messageId: `a${index}`, delta: 'x' })
    applyEvent(task, { type: 'text-delta', messageId: 'a0', delta: 'y' })
    task.artifacts.splice(0, 1)
    applyEvent(task, { type: 'text-delta', messageId: 'a1', delta: 'z' })
    expect(task.artifacts[0]).toEqual({ artifactId: 'a1', parts: [{ text: 'xz' }] })
    expect(task.artifacts).toHaveLength(39)
  })
})

describe('the cost of an event', () => {
  it('does not grow with the task: as many artifacts are looked at in a long one as in a short one', () => {
    const visits = (count: number): number => {
      let reads = 0
      const task = emptyTask()
      task.artifacts = new Proxy([] as Artifact[], {
        get(target, key, receiver) {
          if (typeof key === 'string' && /^\d+$/.test(key)) reads++
          return Reflect.get(target, key, receiver) as unknown
        },
      })
      for (let index = 0; index < count; index++)
        applyEvent(task, { type: 'text-delta', messageId: `a${index}`, delta: 'x' })
      applyEvent(task, { type: 'text-delta', messageId: 'a0', delta: 'x' })
      reads = 0
      // Two artifacts by turns, far from the end, and new ones.
      for (let round = 0; round < 100; round++) {
        applyEvent(task, { type: 'text-delta', messageId: 'a1', delta: 'x' })
        applyEvent(task, {
          type: 'artifact',
          append: true,
          artifact: { artifactId: `a${count >> 1}`, parts: [{ text: 'y' }] },
        })
        applyEvent(task, { type: 'text-delta', messageId: `new${round}`, delta: 'x' })
      }
      return reads
    }
    expect(visits(2_000)).toBeLessThanOrEqual(visits(100) + 10)
    expect(visits(2_000)).toBeLessThan(2_000)
  })
})

describe('snapshotTask', () => {
  it('is a copy that later events do not reach', () => {
    const task = fold([
      { type: 'message', message: { messageId: 'm', role: 'user', parts: [{ text: 'hi' }] } },
      { type: 'text-delta', messageId: 'a', delta: 'one' },
    ])
    const before = JSON.stringify(task)
    const copy = snapshotTask(task)
    fold(
      [
        { type: 'text-delta', messageId: 'a', delta: 'two' },
        { type: 'text-delta', messageId: 'b', delta: 'new' },
        { type: 'metadata', metadata: { x: 1 } },
      ],
      task,
    )
    expect(JSON.stringify(copy)).toBe(before)
  })
})

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const part = fc.oneof(
  fc.record({ text: fc.string() }),
  fc.record({ text: fc.string(), mediaType: fc.constantFrom('text/plain', 'text/html') }),
  fc.record({ data: fc.jsonValue() as fc.Arbitrary<null> }),
  fc.record({ url: fc.webUrl() }),
)
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ type: fc.constant('text-delta' as const), messageId: id, delta: fc.string() }),
  fc.record({
    type: fc.constant('artifact' as const),
    append: fc.boolean(),
    artifact: fc.record({ artifactId: id, parts: fc.array(part, { minLength: 1, maxLength: 3 }) }),
  }),
  fc.record({ type: fc.constant('metadata' as const), metadata: fc.dictionary(fc.string(), fc.integer()) }),
  fc.record({
    type: fc.constant('message' as const),
    message: fc.record({ messageId: id, role: fc.constant('agent' as const), parts: fc.tuple(part) }),
  }),
  fc.record({ type: fc.constant('step-start' as const), name: fc.string() }),
)

it('gives the same task for the same events, in whatever batches, with snapshots between, through JSON', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 5 }), (events, cuts) => {
      const whole = fold(events)
      let task = emptyTask()
      const stops = [...new Set(cuts)].filter((cut) => cut < events.length).toSorted((a, b) => a - b)
      let from = 0
      for (const stop of [...stops, events.length]) {
        // What a store does: writes a snapshot out, and folds later events into what it read.
        task = JSON.parse(JSON.stringify(snapshotTask(task))) as Task
        fold(JSON.parse(JSON.stringify(events.slice(from, stop))) as RunEvent[], task)
        from = stop
      }
      expect(JSON.parse(JSON.stringify(task))).toEqual(JSON.parse(JSON.stringify(whole)))
    }),
    { seed: 20261121, numRuns: 300 },
  )
})
