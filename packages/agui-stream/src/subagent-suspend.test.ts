// Subagents that wait for somebody.
import { reply } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, local } from '../test/local'
import { aguiEvent } from './encode/agui-events'

const text = (delta: string) => aguiEvent.inSubagent('inner', { type: 'text-delta', messageId: delta, delta })

const asking = () =>
  local(
    {
      async *onMessage(_message, { slots }) {
        yield aguiEvent.subagentStart({ subagentRunId: 'outer', name: 'planner' })
        yield aguiEvent.subagentStart({ subagentRunId: 'inner', name: 'booker', parentSubagentRunId: 'outer' })
        const { day, seats } = slots
        if (day !== undefined && seats !== undefined) {
          yield text(`Booked ${String(seats)} for ${String(day)}.`)
          yield aguiEvent.subagentEnd('inner')
          yield aguiEvent.subagentEnd('outer')
          yield reply.text('Done.')
          return
        }
        yield text('Asking.')
        yield aguiEvent.subagentSuspend('outer')
        yield aguiEvent.subagentSuspend('inner', ['seats'])
        yield reply.inputsRequired([
          { prompt: 'Which day?', slot: 'day' },
          { prompt: 'How many seats?', slot: 'seats' },
        ])
      },
    },
    { agui: { subagentsForOldClients: true } },
  )

it('a subagent that waits is suspended, and its questions are its own', async () => {
  const app = asking()
  const input = inputOf('go')
  const events = await app.run(input)
  const end = events.at(-1)
  const [day, seats] = end.outcome.interrupts
  expect(events.slice(-3)).toEqual([
    { type: 'SUBAGENT_FINISHED', subagentRunId: 'inner', outcome: { type: 'suspended', interruptIds: [seats.id] } },
    { type: 'SUBAGENT_FINISHED', subagentRunId: 'outer', outcome: { type: 'suspended', interruptIds: [day.id] } },
    end,
  ])
  expect([day.subagentRunId, seats.subagentRunId]).toEqual(['outer', 'inner'])

  // Whoever joins again was not told of subagents, and is asked all the same.
  const joined = await app.run(
    { ...input, runId: 'again', messages: [] },
    { path: `/agui/threads/${input.threadId}/connect` },
  )
  expect(joined.at(-1).outcome.interrupts.map((one: object) => Object.keys(one).includes('subagentRunId'))).toEqual([
    false,
    false,
  ])
})

it.each(clients.filter(({ version }) => version !== '0.0.57'))(
  'a client ($version) answers, and the subagent goes on',
  async (version) => {
    const client = asking().client('t', version)
    client.addMessage({ id: 'u', role: 'user', content: 'go' })
    const types: string[] = []
    const onEvent = ({ event }: { event: { type: string } }): void => void types.push(event.type)
    await client.runAgent({ runId: 'r1' }, { onEvent } as never)
    const questions = client.pendingInterrupts
    expect(questions.map(({ message }) => message)).toEqual(['Which day?', 'How many seats?'])
    const resume = questions.map(({ id }, index) => ({
      interruptId: id,
      status: 'resolved' as const,
      payload: ['Friday', 2][index],
    }))
    await client.runAgent({ runId: 'r2', resume }, { onEvent } as never)
    expect(client.messages.map(({ content }) => content)).toEqual(['go', 'Asking.', 'Booked 2 for Friday.', 'Done.'])
    expect(types.filter((type) => type === 'SUBAGENT_STARTED' || type === 'SUBAGENT_ERROR')).toHaveLength(4)
    expect(types.filter((type) => type === 'SUBAGENT_FINISHED')).toHaveLength(4)
  },
)
