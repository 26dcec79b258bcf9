import type { JsonPatchOperation, JsonValue, Part, RunEvent } from '@pf-agents/agent-core'
import { createSeededRandom } from '@pf-agents/agent-core/testing'
import { aguiEvent } from '../src/encode/agui-events'

type Seeded = ReturnType<typeof createSeededRandom>

/** Picks from what a seed gives. */
export class Dice {
  readonly #random: Seeded

  constructor(seed: number) {
    this.#random = createSeededRandom(seed)
  }

  below(count: number): number {
    return Math.floor(this.#random.fraction() * count)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  chance(share: number): boolean {
    return this.#random.fraction() < share
  }
}

const ids = ['a', 'b', 'c', '', 'a-reasoning', 'status']
const texts = ['', 'hello', '😀', '\u2028', 'line\r\nline', '"quoted"', 'x'.repeat(3000), '\ud83d']
const names = ['search', 'pick', 'show', 'plan', '']
const values: JsonValue[] = [null, 0, '', false, [], {}, { a: 1 }, [1, { b: null }], 'text', 1.5]
const paths = [
  '',
  '/a',
  '/b/0',
  '/a/b/c',
  '/list/-',
  '/list/0',
  '/~0~1',
  '/__proto__/x',
  'no-pointer',
  '/constructor/prototype/y',
]

function patch(dice: Dice): JsonPatchOperation[] {
  return Array.from({ length: dice.below(3) }, (): JsonPatchOperation => {
    const path = dice.pick(paths)
    switch (dice.below(7)) {
      case 0:
        return { op: 'remove', path }
      case 1:
        return { op: 'move', path, from: dice.pick(paths) }
      case 2:
        return { op: 'copy', path, from: dice.pick(paths) }
      case 3:
        return { op: 'test', path, value: dice.pick(values) }
      case 4:
        return { op: 'nonsense', path } as never
      default:
        return { op: dice.pick(['add', 'replace'] as const), path, value: dice.pick(values) }
    }
  })
}

function parts(dice: Dice): Part[] {
  return Array.from({ length: 1 + dice.below(2) }, (): Part => {
    switch (dice.below(4)) {
      case 0:
        return { data: dice.pick(values) }
      case 1:
        return { raw: 'AAAA', mediaType: dice.pick(['image/png', 'application/pdf', 'text/csv']) }
      case 2:
        return { url: 'https://files.test/x', mediaType: 'audio/mp3' }
      default:
        return { text: dice.pick(texts) }
    }
  })
}

const at = '2026-01-01T00:00:00.000Z'

/** Any event that an agent can make, valid where it comes or not. */
export function randomEvent(dice: Dice, depth = 0): RunEvent {
  const id = dice.pick(ids)
  switch (dice.below(depth > 1 ? 22 : 26)) {
    case 0:
      return { type: 'text-start', messageId: id }
    case 1:
    case 2:
      return { type: 'text-delta', messageId: id, delta: dice.pick(texts) }
    case 3:
      return { type: 'text-end', messageId: id }
    case 4:
      return { type: 'reasoning-start', messageId: id }
    case 5:
      return { type: 'reasoning-delta', messageId: id, delta: dice.pick(texts) }
    case 6:
      return { type: 'reasoning-end', messageId: id }
    case 7:
    case 8:
      return {
        type: 'tool-call-start',
        toolCallId: id,
        name: dice.pick(names),
        ...(dice.chance(0.5) && { messageId: dice.pick(ids) }),
      }
    case 9:
      return { type: 'tool-call-delta', toolCallId: id, delta: dice.pick(['{}', '{"a":', '1}', '']) }
    case 10:
      return { type: 'tool-call-end', toolCallId: id }
    case 11:
      return { type: 'tool-result', toolCallId: id, parts: parts(dice), ...(dice.chance(0.3) && { isError: true }) }
    case 12:
      return { type: 'state-snapshot', state: dice.pick(values) }
    case 13:
      return { type: 'state-delta', patch: patch(dice) }
    case 14:
      return { type: 'step-start', name: dice.pick(names) }
    case 15:
      return { type: 'step-end', name: dice.pick(names) }
    case 16:
      return {
        type: 'artifact',
        artifact: { artifactId: id, parts: parts(dice), ...(dice.chance(0.5) && { name: 'file' }) },
        ...(dice.chance(0.5) && { append: true }),
        ...(dice.chance(0.3) && { lastChunk: true }),
      }
    case 17:
      return {
        type: 'message',
        message: { messageId: id, role: dice.pick(['user', 'agent'] as const), parts: parts(dice) },
      }
    case 18:
      return {
        type: 'usage',
        usage: { inputTokens: dice.pick([1, 0, -1, 1.5, Number.NaN]), outputTokens: dice.pick([2, Infinity, 0.4]) },
      }
    case 19:
      return { type: 'metadata', metadata: { a: dice.pick(values) } }
    case 20:
      return {
        type: 'custom',
        name: dice.pick(['app.thing', 'agui.activity', 'agui.nothing']),
        value: dice.pick(values),
      }
    case 21:
      return {
        type: 'status',
        status: { state: 'working', timestamp: at, message: { messageId: id, role: 'agent', parts: parts(dice) } },
      }
    case 22:
      return dice.pick([
        aguiEvent.activity(id, 'plan', dice.pick([{}, { a: 1 }, { list: [] }])),
        aguiEvent.activityDelta(id, patch(dice)),
        aguiEvent.raw(dice.pick(values), dice.chance(0.5) ? 'elsewhere' : undefined),
        aguiEvent.encryptedValue(dice.pick(['message', 'tool-call'] as const), id, 'xyz'),
      ])
    case 23:
      return aguiEvent.subagentStart({
        subagentRunId: id,
        name: dice.pick(names),
        ...(dice.chance(0.4) && { parentSubagentRunId: dice.pick(ids) }),
        ...(dice.chance(0.3) && { parentToolCallId: dice.pick(ids) }),
      })
    case 24:
      return aguiEvent.inSubagent(id, randomEvent(dice, depth + 1))
    default:
      return dice.pick([
        aguiEvent.subagentEnd(id, dice.pick(values)),
        aguiEvent.subagentError(id, 'it failed', 'E_SUB'),
        { type: 'interrupt-end', interruptId: id, status: 'answered' } as RunEvent,
        randomInterrupt(dice),
      ])
  }
}

function randomInterrupt(dice: Dice): RunEvent {
  return {
    type: 'interrupt-start',
    interrupt: {
      id: dice.pick(ids),
      kind: dice.pick(['input', 'approval', 'auth', 'client-tool', 'child'] as const),
      prompt: dice.pick(texts),
      status: 'open',
      ...(dice.chance(0.5) && { toolCallId: dice.pick(ids) }),
      ...(dice.chance(0.3) && { schema: { type: 'string' } }),
      ...(dice.chance(0.3) && { expiresAt: '2099-01-01T00:00:00.000Z' }),
    },
  }
}

/** How a run ends. */
export function randomEnd(dice: Dice): RunEvent {
  const state = dice.pick([
    'completed',
    'completed',
    'failed',
    'canceled',
    'rejected',
    'input-required',
    'auth-required',
  ] as const)
  return { type: 'status', status: { state, timestamp: at } }
}
