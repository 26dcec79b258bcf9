// What is left behind when a run ends does not end the process; other mistakes still do.
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { describe, expect, it } from 'vitest'
import { startEntry } from './start-entry'

const entry = new URL('./apps/left-behind.node.ts', import.meta.url).pathname

describe('a served app whose handlers leave things behind', () => {
  it('goes on, but not after a mistake of their own', async () => {
    await using app = await startEntry(entry)
    const client = await createA2AClient({ url: app.url })
    const say = async (text: string): Promise<string> => {
      const answer = await client.sendMessage({ message: userMessage(text) })
      return 'task' in answer ? answer.task.status.state : 'message'
    }
    expect([await say('wrapped'), await say('noted'), await say('late')]).toEqual([
      'input-required',
      'completed',
      'completed',
    ])
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await say('wrapped')).toBe('input-required')
    await say('broken').catch(() => {})
    await expect(say('wrapped')).rejects.toMatchObject({ code: expect.stringMatching(/^PF_/) })
  })
})
