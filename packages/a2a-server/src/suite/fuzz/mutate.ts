import type { SeededRandom } from '@pf-agents/agent-core/testing'
import type { Json } from '../client'

/** Values that decoders trip over. */
const nasty: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  1.5,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u2028',
  'TASK_STATE_WORKING',
  'ROLE_UNSPECIFIED',
  '0x10',
  '9999999999999999999',
  '2026-13-45T99:99:99Z',
  'a'.repeat(5_000),
  '../../etc/passwd',
  '\r\nx-injected: 1',
  [],
  [null],
  [[[[]]]],
  {},
  { '': '' },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { constructor: { prototype: {} } },
  { text: 'a', data: 1 },
]

const names = [
  'id',
  'taskId',
  'task_id',
  'contextId',
  'message',
  'parts',
  'role',
  'text',
  'raw',
  'url',
  'data',
  'metadata',
  'configuration',
  'historyLength',
  'pageSize',
  'tenant',
  'extensions',
  '__proto__',
  'toString',
]

/** A value of its own: later changes must reach neither its source nor another place. */
function copy(value: Json): Json {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** One of a list. */
export function pick<T>(random: SeededRandom, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

/** A copy with some places replaced, removed, renamed, doubled or added. */
export function mutate(random: SeededRandom, value: Json, times = 1 + random.below(3)): Json {
  const box = { value: copy(value) }
  for (let change = 0; change < times; change++) mutatePlace(random, box, 'value')
  return box.value
}

function mutatePlace(random: SeededRandom, holder: Json, key: string | number): void {
  const value = holder[key]
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (keys.length > 0 && random.below(4) > 0) return mutatePlace(random, value, pick(random, keys))
  switch (random.below(6)) {
    case 0:
      delete holder[key]
      break
    case 1:
      if (!Array.isArray(holder))
        Object.defineProperty(holder, pick(random, names), {
          value: copy(value),
          enumerable: true,
          writable: true,
          configurable: true,
        })
      break
    case 2:
      holder[key] = Array.from({ length: random.below(4) }, () => copy(value))
      break
    case 3:
      if (typeof value === 'string' && value.length > 0)
        holder[key] = value.slice(0, random.below(value.length)) + pick(random, ['', '\ud83d', '"', '%', '\\'])
      else holder[key] = copy(pick(random, nasty))
      break
    default:
      holder[key] = copy(pick(random, nasty))
  }
}

/** Text with bytes cut out, doubled or changed: mostly no JSON any more, sometimes no UTF-8. */
export function corrupt(random: SeededRandom, text: string): Uint8Array<ArrayBuffer> {
  const bytes = Array.from(new TextEncoder().encode(text))
  for (let change = 1 + random.below(4); change > 0 && bytes.length > 0; change--) {
    const at = random.below(bytes.length)
    const kind = random.below(3)
    if (kind === 0) bytes.splice(at, 1 + random.below(20))
    else if (kind === 1) bytes.splice(at, 0, ...bytes.slice(at, at + random.below(20)))
    else bytes[at] = random.below(256)
  }
  return Uint8Array.from(bytes)
}
