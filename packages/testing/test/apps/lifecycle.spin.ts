import { a2aServer } from '@pf-agents/a2a-server'
import { defineAgent, reply, type RunContext } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { spinStorage } from '@pf-agents/spin-storage'

const agent = defineAgent({
  name: 'lifecycle',
  description: 'Does what ends badly',
  version: '1.0.0',
  onMessage: (message, context) => act(message.text, context),
})

async function act(text: string, context: RunContext) {
  // What adds up slowly is no task: it shows that its context is busy without one.
  if (text === 'add slowly') return reply.data(await add(context, 400))
  await context.startTask()
  if (text === 'loop') for (;;);
  if (text === 'bomb') for (const held: Uint8Array[] = []; ;) held.push(new Uint8Array(1 << 20).fill(1))
  if (text === 'array bomb') for (const held: number[][] = []; ;) held.push(new Array<number>(100_000).fill(1.1))
  if (text === 'text bomb') for (let held = ['x'.repeat(1000)]; ;) held = [...held, held.join(',')]
  if (text === 'throw') throw new TypeError('the lost city', { cause: new Error('no map') })
  if (text === 'wait') await wait(60_000, context.signal)
  if (text === 'ask')
    return context.answers.length > 0 ? reply.completed('answered') : reply.inputRequired({ prompt: 'What?' })
  if (text === 'count') return reply.artifact({ parts: [{ data: await add(context, 0) }] })
  return reply.completed(text)
}

/** Adds one to what the context has counted, as others may between its reading and its writing. */
async function add(context: RunContext, ms: number): Promise<number> {
  const count = Number((await context.state.context.get('count')) ?? 0) + 1
  if (ms > 0) await wait(ms, context.signal)
  await context.state.context.set('count', count)
  return count
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}

export default createApp(agent, [a2aServer(), spinStorage()])
