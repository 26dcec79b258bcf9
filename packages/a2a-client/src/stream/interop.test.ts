import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type SdkAgent, startSdkAgent } from '../../test/sdk-agent'
import { connect } from '../client'
import type { A2AClientOptions, ClientBinding } from '../options'
import { userMessage } from '../user-message'

let agent: SdkAgent
beforeAll(async () => {
  // The SDK logs what its executor throws.
  vi.spyOn(console, 'error').mockImplementation(() => {})
  agent = await startSdkAgent()
})
afterAll(() => {
  agent.close()
  vi.restoreAllMocks()
})

/** A `fetch` whose event streams break behind so many bytes. */
const breaking =
  (afterBytes: number, times: number): NonNullable<A2AClientOptions['fetch']> =>
  async (url, init) => {
    const response = await fetch(url, init)
    if (!response.headers.get('content-type')?.startsWith('text/event-stream') || times-- <= 0) return response
    let left = afterBytes
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, left))
        left -= chunk.byteLength
        if (left <= 0) controller.error(new TypeError('terminated'))
      },
    })
    return new Response(response.body?.pipeThrough(cut), response)
  }

describe.each<ClientBinding>(['JSONRPC', 'HTTP+JSON'])(
  'streams of an agent on the official SDK, over %s',
  (binding) => {
    const connected = (options: A2AClientOptions = {}) =>
      connect(agent.url, { prefer: { bindings: [binding] }, ...options })

    it('SendStreamingMessage: a task, chunk by chunk', async () => {
      const client = await connected()
      const stream = client.sendStreamingMessage({ message: userMessage('chunks 10') })
      const kinds: string[] = []
      for await (const event of stream) kinds.push(Object.keys(event)[0] as string)
      expect(kinds).toEqual(['task', 'statusUpdate', ...Array(10).fill('artifactUpdate'), 'statusUpdate'])
      const task = stream.task as NonNullable<typeof stream.task>
      expect(task).toMatchObject({ status: { state: 'completed' }, artifacts: [{ artifactId: 'a-1', name: 'text' }] })
      // The SDK keeps each chunk as a part of its own.
      const stored = await client.getTask({ id: task.id })
      const textOf = ({ artifacts }: typeof stored) => artifacts[0]?.parts.map((part) => part.text).join('')
      expect(textOf(task)).toBe('0 1 2 3 4 5 6 7 8 9 ')
      expect(textOf(task)).toBe(textOf(stored))
      expect(task.history.map(({ parts }) => parts[0]?.text)).toEqual(['chunks 10', 'on it'])
    })

    it('SendStreamingMessage: a message, a task that asks, one that is refused', async () => {
      const client = await connected()
      await expect(client.sendStreamingMessage({ message: userMessage('message') }).result()).resolves.toMatchObject({
        message: { parts: [{ text: 'direct' }] },
      })
      await expect(client.sendStreamingMessage({ message: userMessage('input') }).result()).resolves.toMatchObject({
        task: { status: { state: 'input-required', message: { parts: [{ text: 'where to?' }] } } },
      })
      await expect(client.sendStreamingMessage({ message: userMessage('reject') }).result()).resolves.toMatchObject({
        task: { status: { state: 'rejected' } },
      })
    })

    it('SubscribeToTask: follows a task that is under way, and is refused where it is over', async () => {
      const client = await connected()
      const { task } = (await client.sendMessage({
        message: userMessage('chunks 30'),
        configuration: { returnImmediately: true },
      })) as { task: { id: string } }
      const result = await client.subscribeToTask({ id: task.id }).result()
      expect(result).toMatchObject({ task: { id: task.id, status: { state: 'completed' } } })
      const text = 'task' in result ? result.task.artifacts[0]?.parts.map((part) => part.text).join('') : ''
      expect(text).toBe(Array.from({ length: 30 }, (_, index) => `${index} `).join(''))
      await expect(client.subscribeToTask({ id: task.id }).result()).rejects.toMatchObject({
        kind: 'UnsupportedOperationError',
      })
      await expect(client.subscribeToTask({ id: 'none' }).result()).rejects.toMatchObject({ kind: 'TaskNotFoundError' })
    })

    it('goes on after its connection broke, with the task as it then stands', async () => {
      const client = await connected({ fetch: breaking(1500, 2) })
      const stream = client.sendStreamingMessage({ message: userMessage('chunks 40') }, { resubscribe: { baseMs: 10 } })
      let snapshots = 0
      for await (const event of stream) if ('task' in event) snapshots++
      expect(snapshots).toBeGreaterThan(1)
      expect(stream.task?.status.state).toBe('completed')
      expect(stream.task?.artifacts[0]?.parts.map((part) => part.text).join('')).toBe(
        Array.from({ length: 40 }, (_, index) => `${index} `).join(''),
      )
    })

    it('tells of a task that failed, and of one that is not there', async () => {
      const client = await connected()
      await expect(client.sendStreamingMessage({ message: userMessage('throw') }).result()).resolves.toMatchObject({
        task: { status: { state: 'failed' } },
      })
      await expect(
        client.sendStreamingMessage({ message: userMessage('x', { taskId: 'none' }) }).result(),
      ).rejects.toMatchObject({ kind: 'TaskNotFoundError' })
    })
  },
)
