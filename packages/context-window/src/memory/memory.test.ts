import {
  createMemoryKeyValue,
  type KeyValue,
  memoryPort,
  type MemoryService,
  type ToolCall,
} from '@pf-agents/agent-core'
import { createTestPorts } from '@pf-agents/agent-core/testing'
import { describe, expect, it } from 'vitest'
import { bind, PfError } from '@pf-agents/agent-core'
import { createKeyValueMemory } from './key-value-memory'
import { createKeywordMemory } from './keyword-memory'
import { memoryTools } from './memory-tools'
import { termsOf } from './terms'

const makers: [string, () => MemoryService][] = [
  ['in the process', () => createKeywordMemory({ maxEntries: 4, maxLength: 60 })],
  ['over a key-value store', () => createKeyValueMemory(createMemoryKeyValue(), { maxEntries: 4, maxLength: 60 })],
]

describe.each(makers)('a memory %s', (_, make) => {
  it('recalls by words, the best first', async () => {
    const memory = make()
    await memory.store('ines', 'Ines has two cats, Moss and Fern.')
    await memory.store('ines', 'The cats get tuna on Sundays.')
    await memory.store('ines', 'Her office is in Leipzig.')
    const found = await memory.recall('ines', 'What do the cats get on sunday?', 5)
    expect(found.map(({ text }) => text)).toEqual([
      'The cats get tuna on Sundays.',
      'Ines has two cats, Moss and Fern.',
    ])
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score as number)
    expect(await memory.recall('ines', 'cats', 1)).toHaveLength(1)
    expect(await memory.recall('ines', 'cats', 0)).toEqual([])
    expect(await memory.recall('ines', 'what is where', 5)).toEqual([])
  })

  it('keeps principals apart', async () => {
    const memory = make()
    await memory.store('ines', 'Likes tea.')
    expect(await memory.recall('bo', 'tea', 5)).toEqual([])
    expect(await memory.recall('__proto__', 'tea', 5)).toEqual([])
  })

  it('keeps the newest, each once', async () => {
    const memory = make()
    for (const word of ['one', 'two', 'three', 'four', 'one', 'five']) await memory.store('p', `Fact ${word}`)
    const found = await memory.recall('p', 'fact', 9)
    expect(found.map(({ text }) => text)).toEqual(['Fact five', 'Fact one', 'Fact four', 'Fact three'])
  })

  it('refuses what is empty or too long', async () => {
    for (const text of [' ', 'x'.repeat(61)]) {
      const attempt = (async () => make().store('p', text))()
      await expect(attempt).rejects.toSatisfy((error) => PfError.is(error, 'PF_INPUT_INVALID'))
    }
  })
})

describe('a memory over a key-value store', () => {
  it('uses an index again only where the stored revision is the one it was made from', async () => {
    const store = createMemoryKeyValue()
    const [here, there] = [createKeyValueMemory(store), createKeyValueMemory(store)]
    await here.store('p', 'The key is under the mat.')
    expect(await here.recall('p', 'key', 5)).toHaveLength(1)
    await there.store('p', 'The key was moved to the shed.')
    expect(await here.recall('p', 'key', 5)).toHaveLength(2)
    store.delete('pf.memory/p')
    expect(await here.recall('p', 'key', 5)).toEqual([])
  })

  it('loses nothing where several write at once', async () => {
    const memory = createKeyValueMemory(createMemoryKeyValue())
    await Promise.all(Array.from({ length: 10 }, (_, index) => memory.store('p', `Fact number ${index}`)))
    expect(await memory.recall('p', 'fact', 20)).toHaveLength(10)
  })

  it('gives up where the store never takes it, and reads no other version', async () => {
    const stubborn: KeyValue = { ...createMemoryKeyValue(), compareAndSet: () => false }
    await expect(createKeyValueMemory(stubborn).store('p', 'x')).rejects.toMatchObject({ code: 'PF_STORE_CONFLICT' })
    const store = createMemoryKeyValue()
    store.set('pf.memory/p', { version: 2 })
    await expect(createKeyValueMemory(store).recall('p', 'x', 1)).rejects.toMatchObject({ code: 'PF_STORE_SCHEMA' })
  })
})

describe('a memory in the process', () => {
  it('forgets the principal who used it longest ago', async () => {
    const memory = createKeywordMemory({ maxPrincipals: 2 })
    await memory.store('a', 'tea')
    await memory.store('b', 'tea')
    await memory.recall('a', 'tea', 1)
    await memory.store('c', 'tea')
    expect(
      [await memory.recall('a', 'tea', 1), await memory.recall('b', 'tea', 1)].map((found) => found.length),
    ).toEqual([1, 0])
  })
})

describe('terms', () => {
  it.each([
    ["The Cat's toys, 2 of them!", ['cat', 'toy', '2', 'them']],
    ['Straßenbahn, déjà vu', ['straßenbahn', 'déjà', 'vu']],
    ['Привет, мир', ['привет', 'мир']],
    ['東京駅', ['東', '東京', '京駅']],
    ['tea 🍵 — (time)', ['tea', 'time']],
    ['', []],
  ])('of %j', (text, terms) => expect(termsOf(text)).toEqual(terms))
})

describe('the tools', () => {
  it('remember and recall for the principal and tenant of the run', async () => {
    const [remember, recall] = memoryTools()
    const memory = createKeywordMemory()
    const { ports } = createTestPorts({ bindings: [bind(memoryPort, memory)] })
    const run = (tool: typeof remember | undefined, args: object, id: string, tenant = '') =>
      tool?.run(args as never, { context: { services: ports, principal: { id }, tenant } } as unknown as ToolCall)
    await run(remember, { text: 'Prefers trains.' }, 'ines', 'north')
    expect(await run(recall, { query: 'train' }, 'ines', 'north')).toEqual(['Prefers trains.'])
    expect(await run(recall, { query: 'train' }, 'ines', 'south')).toBe('Nothing was found.')
    expect(await run(recall, { query: 'train' }, 'north/ines')).toBe('Nothing was found.')
  })
})
