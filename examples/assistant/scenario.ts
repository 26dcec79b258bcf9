import { describe, expect, it } from 'vitest'
import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { type JsonValue, type Message, skillExtensionUri, type Task } from '@pf-agents/agent-core'

/** What the artifacts of a task say. */
export const said = ({ artifacts }: Task): string =>
  (artifacts ?? []).flatMap(({ parts }) => parts.map(({ text, data }) => text ?? JSON.stringify(data))).join('\n')

/** Sends a message and gives the task that it became. */
export async function send(url: string, text: string, more: Partial<Message> = {}): Promise<Task> {
  const answer = await createA2AClient({ url }).sendMessage({ message: { ...userMessage(text), ...more } })
  if (!('task' in answer)) throw new Error(`"${text}" became no task but ${JSON.stringify(answer)}`)
  return answer.task
}

/** An answer to what a task asks. */
export const answer = (url: string, { id, contextId }: Task, text: string): Promise<Task> =>
  send(url, text, { taskId: id, contextId })

/** What both targets must do, without any key. `url` is asked for when a test begins. */
export function assistant(url: () => string): void {
  const ask = (text: string, more?: Partial<Message>): Promise<Task> => send(url(), text, more)
  const mailed = { to: 'ada@example.com', text: 'Tea at five' }

  it('says what it can', async () => {
    const task = await ask('Hello')
    expect(task.status.state).toBe('completed')
    expect(said(task)).toContain('I can take a note')
  })

  it('takes notes with a tool, and reads them in the next request', async () => {
    const first = await ask('Note that milk is out')
    expect(said(first)).toBe('Done: Note 1 is written down.')
    const { contextId } = first
    expect(said(await ask('Note: call Bo', { contextId }))).toContain('Note 2')
    expect(said(await ask('What are my notes?', { contextId }))).toContain('["milk is out","call Bo"]')
    expect(said(await ask('What are my notes?'))).toBe('Done: []')
  })

  describe('asks before it sends mail', () => {
    it.each([
      ['yes', 'Done: Sent to ada@example.com; 1 in all.'],
      ['no', 'Done: The call was denied. Do not try it again.'],
    ])('%s', async (word, end) => {
      const asked = await ask('Mail ada@example.com: Tea at five')
      expect(asked.status.state).toBe('input-required')
      expect(asked.status.message?.parts[0]?.text).toContain(JSON.stringify(mailed))
      const task = await answer(url(), asked, word)
      expect([task.id, task.status.state, said(task)]).toEqual([asked.id, 'completed', end])
    })

    it('and carries out the rest meanwhile, once', async () => {
      const asked = await ask('Note that tea is at five and mail ada@example.com')
      expect([asked.status.state, said(asked)]).toEqual(['input-required', 'I will do both. '])
      const task = await answer(url(), asked, 'yes')
      expect(said(task)).toContain('Done: Note 1 is written down. Sent to ada@example.com; 1 in all.')
      expect(said(await ask('notes', { contextId: asked.contextId }))).toBe('Done: ["tea is at five"]')
    })

    it('asks again after what is no decision', async () => {
      const asked = await ask('Mail ada@example.com: Tea at five')
      expect((await answer(url(), asked, 'hm')).status.state).toBe('input-required')
    })
  })

  it('sums up in a form: a skill of the model, held to its schema', async () => {
    const { contextId } = await ask('Note that milk is out')
    const task = await ask('Sum up my notes', { contextId, metadata: { [skillExtensionUri]: 'summary' } })
    expect(task.status.state).toBe('completed')
    const data = (task.artifacts ?? []).flatMap(({ parts }): JsonValue[] => parts.flatMap((part) => part.data ?? []))
    expect(data).toEqual([{ title: '1 notes', points: ['milk is out'] }])
  })
}
