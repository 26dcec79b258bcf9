import type { Interrupt, JsonObject, JsonValue, Part, RunCommit, RunEvent, TaskState } from '@pf-agents/agent-core'
import type { SeededRandom } from './random'
import { message, time } from './samples'

/** Words that break naive encodings, paths, queries and key-value layouts. */
export const oddTexts: readonly string[] = [
  '',
  ' ',
  'a/b',
  '../..',
  '%2F%',
  "'; DROP TABLE tasks; --",
  '\\"\n\r\t',
  'null',
  '__proto__',
  'constructor',
  'ünïcödé 漢字 العربية',
  '😀👩‍👩‍👧',
  '\u0000nul',
  '\u0001\u001f',
  '\u2028\u2029',
  '\ufeffbom',
  '\ud800 lone',
]

const states: readonly TaskState[] = ['submitted', 'working', 'working', 'input-required', 'auth-required']

function randomJson(random: SeededRandom, depth = 0): JsonValue {
  switch (random.below(depth > 2 ? 4 : 6)) {
    case 0:
      return random.pick(oddTexts)
    case 1:
      return random.below(1_000_000) / 1_000
    case 2:
      return random.oneIn(2)
    case 3:
      return null
    case 4:
      return Array.from({ length: random.below(4) }, () => randomJson(random, depth + 1))
    default:
      return randomObject(random, depth + 1)
  }
}

function randomObject(random: SeededRandom, depth = 0): JsonObject {
  // By way of JSON text, so that a key `__proto__` is an own key, as it comes from a peer.
  const fields = Array.from(
    { length: random.below(4) },
    () => `${JSON.stringify(random.pick(oddTexts))}:${JSON.stringify(randomJson(random, depth))}`,
  )
  return JSON.parse(`{${fields.join(',')}}`) as JsonObject
}

function randomPart(random: SeededRandom): Part {
  switch (random.below(5)) {
    case 0:
      return { data: randomJson(random), mediaType: 'application/json' }
    case 1:
      return { raw: 'AAEC', filename: random.pick(oddTexts) }
    case 2:
      return { url: 'https://example.com/', metadata: randomObject(random) }
    default:
      return { text: random.pick(oddTexts) }
  }
}

function randomParts(random: SeededRandom): Part[] {
  return Array.from({ length: 1 + random.below(3) }, () => randomPart(random))
}

/** Any event there is. The status is never one that ends the task. */
export function randomEvent(random: SeededRandom, at: number): RunEvent {
  const id = `id-${random.below(4)}`
  switch (random.below(12)) {
    case 0:
      return {
        type: 'status',
        status: {
          state: random.pick(states),
          timestamp: time(at),
          ...(random.oneIn(2) && { message: message(id, random.pick(oddTexts), 'agent') }),
        },
      }
    case 1:
      return {
        type: 'message',
        message: { messageId: id, role: 'user', parts: randomParts(random), metadata: randomObject(random) },
      }
    case 2:
      return { type: 'artifact', artifact: { artifactId: id, name: random.pick(oddTexts), parts: randomParts(random) } }
    case 3:
      return {
        type: 'artifact',
        append: true,
        artifact: { artifactId: id, parts: randomParts(random), metadata: randomObject(random), extensions: ['urn:a'] },
      }
    case 4:
      return { type: 'metadata', metadata: randomObject(random) }
    case 5:
      return { type: 'tool-call-delta', toolCallId: id, delta: random.pick(oddTexts) }
    case 6:
      return { type: 'tool-result', toolCallId: id, parts: randomParts(random) }
    case 7:
      return { type: 'state-snapshot', state: randomJson(random) }
    case 8:
      return { type: 'usage', usage: { inputTokens: random.below(100) } }
    case 9:
      return {
        type: 'interrupt-start',
        interrupt: { id, kind: 'input', prompt: random.pick(oddTexts), status: 'open' },
      }
    default:
      return { type: 'text-delta', messageId: id, delta: random.pick(oddTexts) }
  }
}

/** A question as facts have it, mostly with an end. */
function randomQuestion(random: SeededRandom): Interrupt {
  return {
    id: `i-${random.below(9)}`,
    kind: 'input',
    prompt: random.pick(oddTexts),
    status: random.oneIn(3) ? 'answered' : 'open',
    ...(!random.oneIn(3) && { expiresAt: time(random.below(400)) }),
  }
}

/** A patch that sets some facts and removes others. */
export function randomFacts(random: SeededRandom): NonNullable<RunCommit['facts']> {
  const patch: NonNullable<RunCommit['facts']> = {}
  if (random.oneIn(2)) patch.state = random.oneIn(3) ? undefined : randomObject(random)
  if (random.oneIn(2)) patch.skillId = random.oneIn(3) ? undefined : random.pick(oddTexts)
  if (random.oneIn(3)) patch.runId = `run-${random.below(9)}`
  if (random.oneIn(3)) patch.usage = { turns: random.below(9) }
  if (random.oneIn(3))
    patch.checkpoint = random.oneIn(3) ? undefined : { engine: 'test', schemaVersion: 1, data: randomJson(random) }
  if (random.oneIn(3)) patch.interrupts = [{ id: 'i-1', kind: 'input', prompt: random.pick(oddTexts), status: 'open' }]
  if (random.oneIn(3)) patch.interrupts = Array.from({ length: random.below(4) }, () => randomQuestion(random))
  return patch
}
