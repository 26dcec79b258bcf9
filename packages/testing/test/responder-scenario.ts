import { createA2AClient, userMessage } from '@pf-agents/a2a-client'
import { interruptExtensionUri, type InterruptMetadata } from '@pf-agents/a2a-server'
import type { Artifact, Task } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import type { FakeRequest, FakeTurn } from '../../llm-engine/src/testing'

interface Sent {
  role: string
  content: unknown
}

/** What the model behind the responder says: it depends on nothing but the prompt. */
export function responderScript({ body }: FakeRequest): FakeTurn {
  const messages = body['messages'] as unknown as Sent[]
  const said = String(messages.findLast(({ role }) => role === 'user')?.content)
  // Results come first; behind them stands what was said beside an answer.
  const told = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1)
  if (told[0]?.role === 'tool')
    return { text: `Done: ${told.map(({ content }) => String(content)).join(' ')}`, paceMs: 2 }
  if (said.startsWith('add')) return { toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }] }
  if (said.startsWith('mail'))
    return {
      text: 'I will write.',
      toolCalls: [
        { name: 'add', arguments: { a: 1, b: 1 } },
        { name: 'send_mail', arguments: { to: 'ada@example.com', text: 'Hi' } },
      ],
    }
  if (said.startsWith('history')) return { text: `I know ${messages.length} messages.` }
  return { text: 'Hello, how can I help?', paceMs: 5 }
}

const textOf = ({ parts }: Pick<Artifact, 'parts'>) => parts.map((part) => part.text ?? '').join('')

/** What the responder does on every target; `stored` where tasks outlive their request. */
export function responderCases(urlOf: () => string, callsOf: () => number): void {
  const client = () => createA2AClient({ url: urlOf() })
  const send = async (text: string, more: object = {}): Promise<Task> => {
    const answer = await client().sendMessage({ message: { ...userMessage(text), ...more } })
    if (!('task' in answer)) throw new Error(`"${text}" became no task`)
    return answer.task as Task
  }

  it('answers a message with a task whose result is the text', async () => {
    const task = await send('Hi')
    expect(task.status.state).toBe('completed')
    expect(task.artifacts.map(textOf)).toEqual(['Hello, how can I help?'])
  })

  it('calls a tool and answers with its result', async () => {
    const before = callsOf()
    const task = await send('add 2 and 3')
    expect(task.artifacts.map(textOf)).toEqual(['Done: 5'])
    expect(callsOf() - before).toBe(2)
  })

  it('knows what was said before', async () => {
    const { contextId } = await send('Hi')
    expect((await send('history', { contextId })).artifacts.map(textOf)).toEqual(['I know 4 messages.'])
  })

  it.each([
    ['allowed by a word', 'yes', 'Done: 2 Sent to ada@example.com.'],
    ['denied by a word', 'no', 'Done: 2 The call was denied. Do not try it again.'],
  ])('asks before the mail: %s, over two requests', async (_, word, said) => {
    const before = callsOf()
    const asked = await send('mail ada')
    expect(asked.status.state).toBe('input-required')
    expect(asked.status.message?.parts[0]?.text).toBe(
      'May the agent call "send_mail" with {"to":"ada@example.com","text":"Hi"}?',
    )
    expect(callsOf() - before).toBe(1)
    const task = await send(word, { taskId: asked.id, contextId: asked.contextId })
    expect([task.status.state, task.artifacts.map(textOf)]).toEqual(['completed', ['I will write.', said]])
    expect(callsOf() - before).toBe(2)
  })

  it('takes an answer that names its question', async () => {
    const { id: taskId, contextId, status } = await send('mail ada')
    const asked = status.message?.metadata?.[interruptExtensionUri] as InterruptMetadata | undefined
    const interruptId = asked?.interrupts?.[0]?.id ?? ''
    const answers = [{ interruptId, payload: { approved: false, reason: 'Not on Sundays' } }]
    const message = { ...userMessage(''), parts: [], taskId, contextId }
    const answer = await client().sendMessage({
      message: {
        ...message,
        parts: [{ text: 'Maybe later' }],
        metadata: { [interruptExtensionUri]: { answers } },
      } as never,
    })
    expect(JSON.stringify(answer)).toContain('denied: Not on Sundays. Do not try it again. Maybe later')
  })
}
