import { describe, expect, it } from 'vitest'
import { asking, cancelled, idsOf, resolved } from '../../test/asking'
import { artifactTexts, failureCode, type Harness, harness, statusText } from '../../test/harness'
import { PfError } from '../error/pf-error'
import type { JsonValue } from '../model/json'
import { anonymous } from '../port/scope'
import { type InputRequest, reply } from '../reply/reply'

describe('one question', () => {
  it('waits without a lease, and the answer fills its slot', async () => {
    const test = asking([{ prompt: 'Which day?', slot: 'day' }])
    const asked = await test.sendTask('book')
    expect(asked.task.status.state).toBe('input-required')
    expect(statusText(asked)).toBe('Which day?')
    expect(asked.lease).toBeUndefined()
    expect(test.clock.pending).toBe(0)
    const done = await test.sendTask('Monday', { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"day":"Monday"}'])
    expect(done.facts).toMatchObject({ interrupts: [{ status: 'answered', answer: 'Monday' }] })
    expect(done.facts.checkpoint).toBeUndefined()
    expect(done.task.history.map((one) => [one.role, one.parts[0]?.text])).toEqual([
      ['user', 'book'],
      ['agent', 'Which day?'],
      ['user', 'Monday'],
    ])
  })

  it.each<[string, InputRequest, Parameters<Harness['send']>[0], JsonValue]>([
    ['text', { prompt: '?' }, 'yes', 'yes'],
    ['data', { prompt: '?' }, { data: { a: 1 } }, { a: 1 }],
    ['data null', { prompt: '?' }, { data: null }, null],
    ['data false', { prompt: '?' }, { data: false }, false],
    ['data 0', { prompt: '?' }, { data: 0 }, 0],
    ['empty text', { prompt: '?' }, '', ''],
    ['the field of its slot', { prompt: '?', slot: 'day' }, { data: { day: 'Monday', other: 1 } }, 'Monday'],
    ['the field of its slot, null', { prompt: '?', slot: 'day' }, { data: { day: null } }, null],
    [
      'an object with a field named like the slot, where the schema has it',
      { prompt: '?', slot: 'day', schema: { type: 'object', properties: { day: {} } } },
      { data: { day: 'Monday' } },
      { day: 'Monday' },
    ],
    ['text for a number', { prompt: '?', schema: { type: 'integer' } }, '3', 3],
    ['text for a boolean', { prompt: '?', schema: { type: 'boolean' } }, 'true', true],
    ['digits for a string', { prompt: '?', schema: { type: 'string' } }, '3', '3'],
  ])('%s', async (_, request, content, value) => {
    const test = asking([request])
    const asked = await test.sendTask()
    const done = await test.sendTask(content, { taskId: asked.key.taskId })
    expect(done.task.status.state).toBe('completed')
    expect(JSON.parse(artifactTexts(done)[0] as string)).toEqual({ [request.slot ?? 'answer']: value })
  })

  it('is asked again with what was wrong, under the same id, as often as needed', async () => {
    const test = asking([{ prompt: 'How many?', slot: 'count', schema: { type: 'integer', minimum: 1 } }])
    const asked = await test.sendTask()
    for (const [wrong, said] of [
      ['many', 'How many? ("many" is no answer to this. Answer with a whole number.)'],
      ['0', 'How many? (count: '],
      ['1.5', 'How many? (count: '],
    ] as const) {
      const again = await test.sendTask(wrong, { taskId: asked.key.taskId })
      expect(again.task.status.state).toBe('input-required')
      expect(statusText(again)).toContain(said)
      expect(idsOf(again)).toEqual(idsOf(asked))
      expect(again.lease).toBeUndefined()
    }
    const done = await test.sendTask('2', { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"count":2}'])
    expect(done.task.history.filter((one) => one.role === 'user').map((one) => one.parts[0]?.text)).toEqual([
      'hello',
      'many',
      '0',
      '1.5',
      '2',
    ])
  })

  it('may fill a slot named __proto__, which pollutes nothing', async () => {
    const test = asking([{ prompt: '?', slot: '__proto__' }])
    const asked = await test.sendTask()
    const done = await test.sendTask({ data: { polluted: true } }, { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"__proto__":{"polluted":true}}'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('several questions', () => {
  const requests = [
    { prompt: 'Day?', slot: 'day' },
    { prompt: 'Place?', slot: 'place' },
    { prompt: 'Count?', slot: 'count', schema: { type: 'integer' } },
  ]

  it('are answered by the fields of one message', async () => {
    const test = asking(requests)
    const asked = await test.sendTask()
    expect(statusText(asked)).toBe(
      'day: Day?\nplace: Place?\ncount: Count? (Answer with a whole number.)\nAnswer each on a line of its own that begins with its name, as in "day: …".',
    )
    const done = await test.sendTask({ data: { day: 'Monday', place: 'Graz', count: 2 } }, { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"day":"Monday","place":"Graz","count":2}'])
  })

  it('are answered one by one: the task goes on waiting, and says for what', async () => {
    const test = asking(requests)
    const asked = await test.sendTask()
    const partly = await test.sendTask({ data: { place: 'Graz' } }, { taskId: asked.key.taskId })
    expect(partly.task.status.state).toBe('input-required')
    expect(statusText(partly)).toMatch(/^day: Day\?\ncount: Count\? /)
    expect(partly.facts.interrupts?.map((one) => one.status)).toEqual(['open', 'answered', 'open'])
    const wrong = await test.sendTask({ data: { day: 'Monday', count: 'two' } }, { taskId: asked.key.taskId })
    expect(statusText(wrong)).toBe('Count? ("two" is no answer to this. Answer with a whole number.)')
    expect(wrong.facts.interrupts?.map((one) => one.status)).toEqual(['answered', 'answered', 'open'])
    // Only one is left: a plain text is its answer.
    const done = await test.sendTask('3', { taskId: asked.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"day":"Monday","place":"Graz","count":3}'])
  })

  it('are not guessed at: a plain text is asked which one it answers', async () => {
    const test = asking(requests)
    const asked = await test.sendTask()
    const again = await test.sendTask('Graz', { taskId: asked.key.taskId })
    expect(statusText(again)).toMatch(
      /^Say which question you answer: day, place, count\.\nday: Day\?\nplace: Place\?\n/,
    )
    expect(again.facts.interrupts?.every((one) => one.status === 'open')).toBe(true)
  })

  it('are answered by id, in any order, falsy values too', async () => {
    const test = asking(requests)
    const asked = await test.sendTask()
    const [day, place, count] = idsOf(asked) as [string, string, string]
    await test.sendTask('x', { taskId: asked.key.taskId }, { answers: [resolved(count, 0)] })
    const done = await test.sendTask(
      'x',
      { taskId: asked.key.taskId },
      { answers: [resolved(place, null), resolved(day, false)] },
    )
    expect(JSON.parse(artifactTexts(done)[0] as string)).toEqual({ day: false, place: null, count: 0 })
  })
})

it('answers that are named may come without a word: the history has none then', async () => {
  const test = asking([{ prompt: 'a?', slot: 'a' }])
  const asked = await test.sendTask()
  const done = await test.sendTask(
    [],
    { taskId: asked.key.taskId },
    { answers: [resolved(idsOf(asked)[0] as string, 1)] },
  )
  expect(artifactTexts(done)).toEqual(['{"a":1}'])
  expect(done.task.history.map((one) => one.parts[0]?.text)).toEqual(['hello', 'a?'])
})

describe('what is said beside answers', () => {
  it.each<[string, Parameters<Harness['send']>[0], boolean, unknown[]]>([
    ['a message whose answers are named', 'And hurry', true, ['And hurry']],
    ['no word', '', true, []],
    ['not the answer in words', 'Monday', true, []],
    ['not the answer as data', { data: 'Monday' }, true, []],
    ['the answer itself', 'Monday', false, []],
    ['text beside data', [{ data: { day: 'Monday' } }, { text: 'And hurry' }], false, ['And hurry']],
    ['a file beside text', [{ text: 'Monday' }, { raw: 'AA==' }], false, [undefined]],
  ])('is what answers nothing: %s', async (_, content, isNamed, said) => {
    let remarks: unknown
    const test = harness({
      onMessage(_message, context) {
        remarks = context.remarks.map(({ parts }) => parts[0]?.text)
        return 'day' in context.slots ? reply.text('ok') : reply.inputRequired({ prompt: '?', slot: 'day' })
      },
    })
    const asked = await test.sendTask('book')
    expect(remarks).toEqual([])
    const answers = isNamed ? { answers: [resolved(idsOf(asked)[0] as string, 'Monday')] } : {}
    expect(artifactTexts(await test.sendTask(content, { taskId: asked.key.taskId }, answers))).toEqual(['ok'])
    expect(remarks).toEqual(said)
  })

  it('waits until every question is answered, and is said again where the resume has to be tried again', async () => {
    const seen: unknown[] = []
    let fails = true
    const test = harness({
      onMessage(_message, { slots, remarks }) {
        if (!('a' in slots))
          return reply.inputsRequired([
            { prompt: 'A?', slot: 'a' },
            { prompt: 'B?', slot: 'b' },
          ])
        seen.push(remarks.map(({ parts }) => parts[0]?.text))
        if (fails) throw new PfError('PF_STORE_UNAVAILABLE', 'x', { retryable: true })
        return reply.text('ok')
      },
    })
    const asked = await test.sendTask('x')
    const [a = '', b = ''] = idsOf(asked)
    const taskId = asked.key.taskId
    await test.sendTask('one', { taskId }, { answers: [resolved(a, 1)] })
    const failed = await test.sendTask('two', { taskId }, { answers: [resolved(b, 1)] })
    expect(failed.task.status.state).toBe('input-required')
    fails = false
    const done = await test.sendTask('three', { taskId }, { answers: [resolved(b, 1)] })
    expect(seen).toEqual([
      ['one', 'two'],
      ['one', 'two', 'three'],
    ])
    expect(done.facts.remarks).toBeUndefined()
  })

  it('is the newest where there is too much of it', async () => {
    const test = asking([
      { prompt: 'A?', slot: 'a' },
      { prompt: 'B?', slot: 'b', schema: { type: 'integer' } },
    ])
    const asked = await test.sendTask('x')
    const taskId = asked.key.taskId
    const [, b = ''] = idsOf(asked)
    let last = asked
    for (let at = 0; at < 20; at++)
      last = await test.sendTask(`${at}`, { taskId }, { answers: [resolved(b, 'no integer')] })
    expect(last.facts.remarks?.map(({ parts }) => parts[0]?.text)).toEqual(
      Array.from({ length: 16 }, (_, at) => `${at + 4}`),
    )
  })
})

describe('answers that are refused, and change nothing', () => {
  it.each<[string, (ids: string[]) => unknown, string]>([
    ['for a question that does not exist', () => [resolved('nonsense', 1)], 'PF_INTERRUPT_UNKNOWN'],
    ['for a question that was answered', ([first]) => [resolved(first as string, 'again')], 'PF_INTERRUPT_ANSWERED'],
    [
      'for one question twice',
      ([, second]) => [resolved(second as string, 1), resolved(second as string, 2)],
      'PF_REQUEST_INVALID',
    ],
  ])('%s', async (_, answers, code) => {
    const test = asking([
      { prompt: 'a?', slot: 'a' },
      { prompt: 'b?', slot: 'b' },
    ])
    const asked = await test.sendTask()
    const before = await test.sendTask({ data: { a: 1 } }, { taskId: asked.key.taskId })
    const refused = test.send('x', { taskId: asked.key.taskId }, { answers: answers(idsOf(asked)) as never })
    await expect(refused).rejects.toMatchObject({ code })
    expect(test.load(asked.key.taskId)?.version).toBe(before.version)
  })

  it('in another context, to a task that is over, to no task, of somebody else', async () => {
    const test = asking([{ prompt: '?' }])
    const { key, task } = await test.sendTask()
    await expect(test.send('x', { taskId: key.taskId, contextId: 'other' })).rejects.toMatchObject({
      code: 'PF_CONTEXT_MISMATCH',
    })
    await expect(test.send('x', { taskId: key.taskId }, { principal: { id: 'mallory' } })).rejects.toMatchObject({
      code: 'PF_TASK_NOT_FOUND',
    })
    await expect(test.send('x', { taskId: 'none' })).rejects.toMatchObject({ code: 'PF_TASK_NOT_FOUND' })
    const done = await test.sendTask('x', { taskId: key.taskId, contextId: task.contextId })
    await expect(test.send('y', { taskId: key.taskId })).rejects.toMatchObject({ code: 'PF_TASK_TERMINAL' })
    const [id] = idsOf(done) as [string]
    await expect(test.send('y', { taskId: key.taskId }, { answers: [resolved(id, 'late')] })).rejects.toMatchObject({
      code: 'PF_INTERRUPT_ANSWERED',
    })
    expect(test.load(key.taskId)).toEqual(done)
  })
})

describe('cancelled answers', () => {
  it("end a handler's task as canceled, with every question closed", async () => {
    const test = asking([
      { prompt: 'a?', slot: 'a' },
      { prompt: 'b?', slot: 'b' },
    ])
    const asked = await test.sendTask()
    const ended = await test.sendTask(
      'x',
      { taskId: asked.key.taskId },
      { answers: [cancelled(idsOf(asked)[0] as string)] },
    )
    expect(ended.task.status.state).toBe('canceled')
    expect(ended.facts.interrupts?.map((one) => one.status)).toEqual(['canceled', 'canceled'])
    expect(ended.facts.checkpoint).toBeUndefined()
    expect(test.load(asked.key.taskId)).toEqual(ended)
  })
})

describe('expired questions', () => {
  it('refuse the answer; the task is failed by whoever looks', async () => {
    const test = asking([{ prompt: '?', expiresAt: new Date(1_700_000_000_000 + 60_000).toISOString() }])
    const first = await test.sendTask()
    const second = await test.sendTask()
    await test.clock.advance(59_999)
    expect((await test.runtime.task(first.key.taskId, anonymous))?.task.status.state).toBe('input-required')
    await test.clock.advance(1)
    await expect(test.send('late', { taskId: first.key.taskId })).rejects.toMatchObject({
      code: 'PF_INTERRUPT_EXPIRED',
    })
    await expect(
      test.send('late', { taskId: first.key.taskId }, { answers: [resolved(idsOf(first)[0] as string, 1)] }),
    ).rejects.toMatchObject({ code: 'PF_INTERRUPT_EXPIRED' })
    const failed = test.load(first.key.taskId)
    expect(failed && [failed.task.status.state, failureCode(failed), failed.facts.interrupts?.[0]?.status]).toEqual([
      'failed',
      'PF_INTERRUPT_EXPIRED',
      'expired',
    ])
    const { tasks } = await test.runtime.list({ principal: anonymous, pageSize: 10 })
    expect(tasks.map((one) => one.task.status.state)).toEqual(['failed', 'failed'])
    expect(tasks.map((one) => one.key.taskId)).toContain(second.key.taskId)
  })
})

describe('authRequired', () => {
  it('waits as auth-required, and goes on when the caller says so', async () => {
    const test = harness({
      onMessage: (_m, { slots }) =>
        slots.login === undefined ? reply.authRequired({ prompt: 'Log in at …', slot: 'login' }) : reply.text('in'),
    })
    const asked = await test.sendTask()
    expect(asked.task.status.state).toBe('auth-required')
    expect(asked.facts.interrupts).toMatchObject([{ kind: 'auth' }])
    expect(artifactTexts(await test.sendTask('done', { taskId: asked.key.taskId }))).toEqual(['in'])
  })
})

it('goes on for the principal that is stored with the task, whatever the next caller claims', async () => {
  const seen: unknown[] = []
  const test = harness({
    onMessage: (_m, { slots, principal }) => {
      seen.push(principal)
      return slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'ok'
    },
  })
  const owner = { id: 'ada', scopes: ['read'], claims: { team: 'a' } }
  const { key } = await test.sendTask('x', {}, { principal: owner })
  await test.sendTask('y', { taskId: key.taskId }, { principal: { id: 'ada', scopes: ['read', 'admin'] } })
  expect(seen).toEqual([owner, owner])
})

it('runs a task as a chain of runs, each with an id of its own, usage added up', async () => {
  const ids: string[] = []
  const test = harness({
    onMessage(_m, context) {
      ids.push(context.runId)
      context.emit({ type: 'usage', usage: { turns: 1, inputTokens: 10 } })
      return context.slots.answer === undefined ? reply.inputRequired({ prompt: '?' }) : 'ok'
    },
  })
  const asked = await test.sendTask('x', {}, { runId: 'run-1' })
  const done = await test.sendTask('y', { taskId: asked.key.taskId })
  expect([asked.facts.runId, done.facts.runId]).toEqual(ids)
  expect(ids[0]).toBe('run-1')
  expect(done.facts.usage).toEqual({ turns: 2, inputTokens: 20 })
})
