import { defineAgent, type IncomingMessage, type Part, type Reply, reply, type RunContext } from '@pf-agents/agent-core'

/**
 * The agent that conformance kits talk to: what it does follows from the beginning of the message's id (the official kit,
 * a2a-tck 1.0-dev) or, where the id says nothing, of its text (the ACTS draft, A2A pull request 1882).
 * One file for both targets.
 */

/** What a kit asks for. */
type Behaviour = (message: IncomingMessage, context: RunContext) => Reply | Promise<Reply>

const completed: Behaviour = () => reply.completed('Hello from TCK')

const artifact =
  (part: Part): Behaviour =>
  () =>
    reply.artifact({ parts: [part] })

/** Working, then one artifact that grows chunk by chunk, then completed. */
const worked =
  (...chunks: Part[]): Behaviour =>
  async (_, context) => {
    await context.startTask()
    chunks.forEach((part, index) => {
      const artifact = { artifactId: 'output', parts: [part] }
      context.emit({ type: 'artifact', artifact, append: index > 0, lastChunk: index === chunks.length - 1 })
    })
    return reply.completed()
  }

/** Resolves after some milliseconds, or rejects with the run's reason when it is canceled or out of time. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

const longRunning: Behaviour = async (_, context) => {
  await context.startTask()
  await pause(4000, context.signal)
  return reply.completed('Hello from TCK')
}

const untilCanceled: Behaviour = async (_, context) => {
  await context.startTask()
  await pause(context.deadline - Date.now() + 1000, context.signal)
  return reply.failed('Nobody canceled this task')
}

const text = (content: string): Part => ({ text: content })
const file = { filename: 'output.txt', mediaType: 'text/plain' }
const bytes: Part = { raw: btoa('Generated file content'), ...file }
const link: Part = { url: 'https://example.com/output.txt', ...file }
const data: Part = { data: { key: 'value', count: 42 } }
const ask = () => reply.inputRequired({ prompt: 'More input is needed' })

/** By message id. Longer prefixes before those they begin with. */
const byMessageId: readonly (readonly [string, Behaviour])[] = [
  ['tck-complete-task', completed],
  ['tck-input-required', ask],
  ['tck-message-response', () => reply.text('Direct message response')],
  ['tck-artifact-text', artifact(text('Generated text content'))],
  ['tck-artifact-file-url', artifact(link)],
  ['tck-artifact-file', artifact(bytes)],
  ['tck-artifact-data', artifact(data)],
  ['tck-reject-task', () => reply.rejected('rejected')],
  ['tck-stream-001', worked(text('Stream hello from TCK'))],
  ['tck-stream-002', completed],
  ['tck-stream-003', worked(text('Stream task lifecycle'))],
  ['tck-stream-ordering-001', worked(text('Ordered output'))],
  ['tck-stream-artifact-text', worked(text('Streamed text content'))],
  ['tck-stream-artifact-file', worked(bytes)],
  ['tck-stream-artifact-chunked', worked(text('chunk-1 '), text('chunk-2'))],
  ['test-resubscribe-message-id', longRunning],
]

/** By text: the ACTS draft. */
const byText: readonly (readonly [string, Behaviour])[] = [
  ['tck-complete-task', completed],
  ['tck-input-required', ask],
  ['tck-reject-task', () => reply.rejected('rejected')],
  ['tck-message-response', () => reply.text('Direct message response')],
  ['tck-artifact-text', artifact(text('Generated text content'))],
  ['tck-artifact-file-url', artifact(link)],
  ['tck-artifact-file', artifact(bytes)],
  ['tck-artifact-data', artifact(data)],
  ['tck-long-running', longRunning],
  ['tck-multi-turn', (_, context) => (context.answers.length > 0 ? completed(_, context) : ask())],
  ['tck-cancel', untilCanceled],
  ['tck-stream-basic', worked(text('Stream hello from TCK'))],
  ['tck-stream-chunked', worked(text('chunk-1 '), text('chunk-2'))],
  ['tck-task-failure', () => reply.failed('Task failed as requested')],
  ['tck-auth-required', () => reply.authRequired({ prompt: 'Authorise this task out of band' })],
]

const find = (table: readonly (readonly [string, Behaviour])[], value: string) =>
  table.find(([prefix]) => value.startsWith(prefix))?.[1]

export default defineAgent({
  name: 'Conformance subject',
  description: 'Does what conformance kits tell it by message ids and texts',
  version: '1.0.0',
  skills: [],
  provider: { organization: 'pf-agents', url: 'https://example.com/pf-agents' },
  onMessage: (message, context) => {
    // Every other message completes: both kits send many whose names mean nothing to the subject.
    const behaviour = find(byMessageId, message.messageId) ?? find(byText, message.text) ?? completed
    return behaviour(message, context)
  },
})
