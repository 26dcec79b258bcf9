import { reply } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { clients } from '../test/clients'
import { inputOf, Local, typesOf } from '../test/local'

const agent = {
  onMessage: (_message: unknown, { slots }: { slots: Record<string, unknown> }) =>
    slots['day'] === undefined
      ? reply.inputRequired({ prompt: 'Which day?', slot: 'day', schema: { type: ['string', 'boolean', 'integer'] } })
      : reply.text(`On ${JSON.stringify(slots['day'])}.`),
} as never
const twice = {
  onMessage: (_message: unknown, { slots }: { slots: Record<string, unknown> }) =>
    slots['day'] !== undefined && slots['people'] !== undefined
      ? reply.text(`${JSON.stringify(slots['day'])}, ${JSON.stringify(slots['people'])}`)
      : reply.inputsRequired([
          { prompt: 'Which day?', slot: 'day', schema: { type: 'string' } },
          { prompt: 'How many?', slot: 'people', schema: { type: 'integer' } },
        ]),
} as never
const on = { agui: { legacyInterrupts: true } }
const answer = (value: unknown) => ({ command: { resume: value } })

/** What a client of 0.0.5x sends. */
const old = (text: string | undefined, given: object = {}) => inputOf(text, { protocolVersion: undefined, ...given })

describe.each(clients.slice(1))('a front end of before interrupts, on client $version', (version) => {
  it('is asked by a custom event, and answers by a command', async () => {
    await using app = disposable(new Local(agent, on))
    const client = app.local.client('t', version)
    client.addMessage({ id: 'u1', role: 'user', content: 'a table' })
    const asked: unknown[] = []
    await client.runAgent({ runId: 'r1' }, { onCustomEvent: ({ event }) => void asked.push([event.name, event.value]) })
    expect(asked).toEqual([['on_interrupt', expect.stringContaining('"message":"Which day?"')]])
    // Held back by nothing: the client knows of no question.
    await client.runAgent({ runId: 'r2', forwardedProps: answer('Friday') })
    expect(client.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'On "Friday".' })
  })
})

describe('an answer by a command', () => {
  it.each([[false], [0], [''], ['no']])('is %j where that is given', async (value) => {
    await using app = disposable(new Local(agent, on))
    const input = old('a table')
    await app.local.run(input)
    const next = await app.local.run({ ...input, runId: 'next', forwardedProps: answer(value) })
    expect(next.find(({ type }) => type === 'TEXT_MESSAGE_CONTENT')?.delta).toBe(`On ${JSON.stringify(value)}.`)
  })

  it('answers several questions by their ids, JSON that is spelled as text included', async () => {
    await using app = disposable(new Local(twice, on))
    const input = old('a table')
    const events = await app.local.run(input)
    const asked = events.filter(({ name }) => name === 'on_interrupt').map(({ value }) => JSON.parse(value))
    expect(asked.map(({ message }) => message)).toEqual(['Which day?', 'How many?'])
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED' })
    expect(events.at(-1).outcome).toBeUndefined()
    // One answer for two questions is none: they are asked again.
    const again = await app.local.run({ ...input, runId: 'r2', forwardedProps: answer('Friday') })
    expect(again.filter(({ name }) => name === 'on_interrupt')).toHaveLength(2)
    const last = await app.local.run({
      ...input,
      runId: 'r3',
      forwardedProps: answer({ [asked[0].id]: 'Friday', [asked[1].id]: '4' }),
    })
    expect(last.find(({ type }) => type === 'TEXT_MESSAGE_CONTENT')?.delta).toBe('"Friday", 4')
  })

  it('counts for nothing beside a resume', async () => {
    await using app = disposable(new Local(agent, on))
    const input = inputOf('a table')
    const events = await app.local.run(input)
    const [question] = events.at(-1).outcome.interrupts
    const next = await app.local.run({
      ...input,
      runId: 'next',
      resume: [{ interruptId: question.id, status: 'resolved', payload: 'Monday' }],
      forwardedProps: answer('Friday'),
    })
    expect(next.find(({ type }) => type === 'TEXT_MESSAGE_CONTENT')?.delta).toBe('On "Monday".')
  })

  it('that does not fit is refused, and the question stays open', async () => {
    await using app = disposable(new Local(agent, on))
    const input = old('a table')
    await app.local.run(input)
    const response = await app.local.post({ ...input, runId: 'r2', forwardedProps: answer({ a: 1 }) })
    expect(response.status).toBe(422)
    const last = await app.local.run({ ...input, runId: 'r3', forwardedProps: answer('Friday') })
    expect(last.find(({ type }) => type === 'TEXT_MESSAGE_CONTENT')?.delta).toBe('On "Friday".')
  })
})

describe('left off, as it is by default', () => {
  it('old clients are told of an interrupt, and a command answers nothing', async () => {
    await using app = disposable(new Local(agent))
    const input = old('a table')
    const events = await app.local.run(input)
    expect(typesOf(events)).not.toContain('CUSTOM')
    expect(events.at(-1).outcome).toMatchObject({ type: 'interrupt' })
    const next = await app.local.run({ ...input, runId: 'r2', forwardedProps: answer('Friday') })
    expect(next.at(-1).outcome).toMatchObject({ type: 'interrupt' })
  })
})

it('clients of 1.0 are told of an interrupt all the same', async () => {
  await using app = disposable(new Local(agent, on))
  const events = await app.local.run(inputOf('a table'))
  expect(typesOf(events)).not.toContain('CUSTOM')
  expect(events.at(-1).outcome).toMatchObject({ type: 'interrupt' })
})

function disposable(local: Local) {
  return { local, [Symbol.asyncDispose]: () => local.app.close() }
}
