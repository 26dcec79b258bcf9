import { readFileSync } from 'node:fs'
import { HttpAgent } from '@ag-ui/client'
import { createA2AClient } from '@pf-agents/a2a-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFakeProvider } from '@pf-agents/llm-engine/testing'
import { type StartedApp, startHandler } from '@pf-agents/testing/node'
import { startEntry } from '../../packages/testing/test/start-entry'
import { modelTalks, modelTurns, travelDesk } from './scenario'

const file = (name: string) => new URL(name, import.meta.url).pathname

describe('the travel desk on Node', () => {
  let app: StartedApp
  beforeAll(async () => {
    app = await startEntry(file('main.node.ts'))
  })
  afterAll(() => app.close())
  travelDesk(() => app.url)

  it('asks over AG-UI, too: the question is an interrupt there, and A2A has the task', async () => {
    const desk = new HttpAgent({ url: `${app.url}/agui`, threadId: 'trip-1' })
    desk.addMessage({ id: 'u1', role: 'user', content: 'Book a trip' })
    await desk.runAgent({})
    const { tasks } = await createA2AClient({ url: app.url }).listTasks({ contextId: 'trip-1' })
    expect(tasks).toMatchObject([{ contextId: 'trip-1', status: { state: 'input-required' } }])
    expect(desk.pendingInterrupts).toMatchObject([{ message: expect.stringContaining('Book a trip needs its input') }])
  })

  /** A page that shares its state, and whose tool picks seats. */
  function page(threadId: string, wishes: object) {
    const agent = new HttpAgent({ url: `${app.url}/agui`, threadId, initialState: { wishes } })
    const tools = [{ name: 'choose_seats', description: 'Shows the cabin.', parameters: { type: 'object' } }]
    return {
      agent,
      say: async (content: string) => {
        agent.addMessage({ id: `${threadId}-${agent.messages.length}`, role: 'user', content })
        await agent.runAgent({ tools })
      },
      answer: async (payload: unknown) => {
        const [question] = agent.pendingInterrupts
        await agent.runAgent({ tools, resume: [{ interruptId: question?.id ?? '', status: 'resolved', payload }] })
      },
      /** Carries out the call that the run ended with. */
      pick: async (seatsOf: (cabin: { rows: number; letters: string[]; taken: string[] }) => string[]) => {
        const call = agent.messages.flatMap((one) => (one.role === 'assistant' ? (one.toolCalls ?? []) : [])).at(-1)
        const seats = seatsOf(JSON.parse(call?.function.arguments ?? ''))
        agent.addMessage({
          id: `picked-${threadId}`,
          role: 'tool',
          toolCallId: call?.id ?? '',
          content: JSON.stringify({ seats }),
        })
        await agent.runAgent({ tools })
        return seats
      },
    }
  }
  const search = { from: 'Lisbon', to: 'Vienna', day: '2027-04-30' }

  it('goes by the state of a page, tells it how far the trip is, and has the page pick the seats', async () => {
    const { agent, say, answer, pick } = page('trip-2', { travellers: 2, maxFare: 150 })
    await say('Book a trip')
    await answer(search)
    expect(agent.state).toMatchObject({ wishes: { travellers: 2 }, trip: { ...search, flights: [{}, {}] } })
    await answer('PF 101')
    expect(agent.pendingInterrupts).toEqual([])
    expect(agent.state).toMatchObject({ trip: { flight: 'PF 101', travellers: 2, total: 258 } })
    const seats = await pick(({ rows, letters, taken }) => {
      const all = Array.from({ length: rows }, (_, row) => letters.map((letter) => `${row + 1}${letter}`)).flat()
      return all.filter((seat) => !taken.includes(seat)).slice(0, 2)
    })
    const [question] = agent.pendingInterrupts
    expect(question?.message).toContain(`258 € for 2, seats ${seats.join(', ')}.`)
    await answer('yes')
    expect(agent.state).toMatchObject({ trip: { seats, reference: expect.stringMatching(/^TD-/) } })
  })

  it('gives nobody a seat that is taken', async () => {
    const { agent, say, answer, pick } = page('trip-5', { travellers: 1 })
    await say('Book a trip')
    await answer(search)
    await answer('PF 101')
    await pick(({ taken }) => taken.slice(0, 1))
    expect(agent.pendingInterrupts).toMatchObject([{ message: expect.stringMatching(/129 € for 1\. Book it/) }])
    expect(agent.state).toMatchObject({ trip: { seats: [] } })
  })

  it('finds nothing dearer than the page wishes', async () => {
    const { agent, say, answer } = page('trip-3', { maxFare: 100 })
    await say('Which flights are there?')
    await answer(search)
    expect(agent.state).toMatchObject({ wishes: { maxFare: 100 }, trip: { flights: [{ number: 'PF 105' }] } })
    agent.setState({ wishes: { maxFare: 50, travellers: 'many' } })
    await say('Book a trip')
    const ended: unknown[] = []
    agent.subscribe({ onRunErrorEvent: ({ event }) => void ended.push(event) })
    await answer(search)
    expect(ended).toMatchObject([
      { code: 'rejected', message: 'Nothing flies from Lisbon to Vienna for at most 50 €.' },
    ])
  })

  it('is answered over A2A for a page: the page that comes back sees it', async () => {
    const { say, answer } = page('trip-4', {})
    await say('Book a trip')
    await answer(search)
    const client = createA2AClient({ url: app.url })
    const { tasks } = await client.listTasks({ contextId: 'trip-4' })
    const message = { messageId: 'a1', role: 'user' as const, taskId: tasks[0]?.id ?? '', contextId: 'trip-4' }
    await client.sendMessage({ message: { ...message, parts: [{ text: 'PF 105' }] } })
    const back = new HttpAgent({ url: `${app.url}/agui/threads/trip-4/connect`, threadId: 'trip-4' })
    await back.runAgent()
    expect(back.state).toMatchObject({ trip: { ...search, flight: 'PF 105' } })
    expect(back.pendingInterrupts).toMatchObject([{ message: 'For how many travellers?' }])
  })
})

it('the travel desk on Node talks where it has a model', { timeout: 60_000 }, async () => {
  const provider = createFakeProvider(modelTurns)
  await using server = await startHandler(provider.handle)
  await using app = await startEntry(file('main.node.ts'), { OLLAMA_HOST: server.url })
  await modelTalks(app.url)
  expect(JSON.stringify(provider.requests[1]?.body)).toContain('PF 310')
})

it('is one agent file for both entries', () => {
  for (const entry of ['main.node.ts', 'main.spin.ts'])
    expect(readFileSync(file(entry), 'utf8')).toContain("import agent from './agent.ts'")
})
