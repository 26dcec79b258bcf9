import { bind, httpClientPort, type LanguageModel, type ModelCall, type ModelStreamPart } from '@pf-agents/agent-core'
import { describe, expect, it } from 'vitest'
import { codeOf, type LoopHarnessOptions, loopHarness } from '../../test/loop-harness'
import { sse } from '../../test/harness'
import { createGemini } from '../gemini/gemini'
import { createFallbackModel } from '../model/fallback-model'
import { createCompatibleModel, groq } from '../openai-compatible'

type File = Extract<ModelStreamPart, { type: 'file' }>

const picture: File = {
  type: 'file',
  mediaType: 'image/png',
  raw: 'iVBORw0KGgo=',
  providerData: { test: { sig: 's' } },
}
const text = (delta: string): ModelStreamPart[] => [
  { type: 'text-start', id: delta },
  { type: 'text-delta', id: delta, delta },
  { type: 'text-end', id: delta },
]
const call = (name: string, args = '{}'): ModelStreamPart[] => [
  { type: 'tool-call-start', toolCallId: name, name },
  { type: 'tool-call-end', toolCallId: name, name, arguments: args, complete: true },
]

/** A model whose answers are these parts, in turn, and what it was asked. */
function painter(...turns: ModelStreamPart[][]) {
  const calls: ModelCall[] = []
  const model: LanguageModel = {
    provider: 'test',
    modelId: 'painter',
    async *stream(asked) {
      calls.push({ ...asked, messages: [...asked.messages] })
      yield { type: 'response-start', provider: 'test', modelId: 'painter', warnings: [] }
      yield* turns[calls.length - 1] ?? []
      yield { type: 'finish', finish: { reason: 'stop', complete: true }, usage: { inputTokens: 1, outputTokens: 1 } }
    },
  }
  return { calls, model }
}

const harness = (turns: ModelStreamPart[][], options: LoopHarnessOptions = {}, agent = {}) => {
  const { model, calls } = painter(...turns)
  return { ...loopHarness([], agent, { ...options, model: () => model }), calls }
}
const parts = (one: Awaited<ReturnType<ReturnType<typeof loopHarness>['send']>>) =>
  one.task.artifacts.map((artifact) => artifact.parts)

describe('a file that the model makes', () => {
  it('is a result of its own, told when it comes, between the texts', async () => {
    const test = harness([[...text('Before'), picture, ...text('after')]])
    const done = await test.send('draw')
    expect(parts(done)).toEqual([
      [{ text: 'Before' }],
      [{ raw: picture.raw, mediaType: 'image/png' }],
      [{ text: 'after' }],
    ])
    expect(done.task.metadata).toBeUndefined()
    const told = test.events.map(({ type }) => type).filter((type) => /^(text|artifact|step)/.test(type))
    expect(told).toEqual([
      'step-start',
      'text-start',
      'text-delta',
      'text-end',
      'artifact',
      'text-start',
      'text-delta',
      'text-end',
      'step-end',
    ])
    expect(test.events).toContainEqual(expect.objectContaining({ type: 'artifact', lastChunk: true }))
    expect(JSON.stringify(done.task)).not.toContain('sig')
  })

  it('may be all of the answer, and may be an address with a name', async () => {
    const file: File = { type: 'file', mediaType: 'application/pdf', url: 'https://a.example/b.pdf', filename: 'b.pdf' }
    const done = await harness([[file]]).send('draw')
    expect(parts(done)).toEqual([[{ url: file.url, mediaType: 'application/pdf', filename: 'b.pdf' }]])
    expect(done.task.metadata).toBeUndefined()
  })

  it.each<[string, ModelStreamPart[]]>([
    ['nothing at all', []],
    ['a file without content', [{ type: 'file', mediaType: 'image/png', raw: '' }]],
    [
      'a text without a word that the provider wants back',
      [
        { type: 'text-start', id: '0' },
        { type: 'text-end', id: '0', providerData: { test: { sig: 's' } } },
      ],
    ],
  ])('%s is an empty answer', async (_, said) => {
    const { task } = await harness([said]).send('draw')
    expect([task.status.state, task.artifacts, task.metadata]).toEqual([
      'completed',
      [],
      { 'urn:pf-agents:model-finish': 'empty' },
    ])
  })

  it('comes out of the bytes of a provider', async () => {
    const body = { candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] } }] }
    const fetch = async () =>
      new Response(`data: ${JSON.stringify(body)}\n\ndata: {"candidates":[{"finishReason":"STOP"}]}\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      })
    const test = loopHarness([], {}, { model: createGemini, bindings: [bind(httpClientPort, { fetch })] })
    expect(parts(await test.send('draw'))).toEqual([[{ raw: 'AAAA', mediaType: 'image/png' }]])
  })

  it('never holds up a model that stands in for its own and sees nothing', async () => {
    let isDown = false
    const drawn = { candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] } }] }
    const said = { choices: [{ delta: { content: 'ok' }, finish_reason: 'stop' }] }
    const end = { candidates: [{ finishReason: 'STOP' }] }
    const refusal = { error: { message: "'messages[3].content' must be a string", type: 'invalid_request_error' } }
    const stream = { headers: { 'content-type': 'text/event-stream' } }
    const fetch = async (url: string, init: RequestInit = {}) => {
      if (url.includes('google'))
        return isDown ? new Response('', { status: 503 }) : new Response(sse(drawn, end), stream)
      const isSeen = String(init.body).includes('image_url')
      return isSeen ? Response.json(refusal, { status: 400 }) : new Response(sse(said, '[DONE]'), stream)
    }
    const model = createFallbackModel([
      createGemini({ model: 'gemini-3-pro-image', attempts: 1 }),
      createCompatibleModel({ server: groq, model: 'llama-3.3-70b-versatile' }),
    ])
    const test = loopHarness([], {}, { model: () => model, bindings: [bind(httpClientPort, { fetch })] })
    const { contextId } = (await test.send('draw')).task
    isDown = true
    for (const question of ['How long is a mile?', 'And a foot?'])
      expect(parts(await test.send(question, { contextId }))).toEqual([[{ text: 'ok' }]])
  })

  it('stands beside an answer that is data', async () => {
    const answer: ModelStreamPart[] = [picture, ...text('{"alt":"a cat"}')]
    const output = { type: 'object', properties: { alt: { type: 'string' } }, required: ['alt'] }
    const done = await harness([answer, answer], {}, { output }).send('draw')
    const [file, data] = parts(done)
    expect([file, data]).toEqual([
      [{ raw: picture.raw, mediaType: 'image/png' }],
      [{ data: { alt: 'a cat' }, mediaType: 'application/json' }],
    ])
  })

  it('is longer than allowed: the run fails', async () => {
    const test = harness([[picture, picture]], { loop: { maxFileLength: 20 } })
    const failed = await test.send('draw')
    expect([failed.task.status.state, codeOf(failed)]).toEqual(['failed', 'PF_MODEL_RESPONSE_INVALID'])
  })
})

describe('a hook behind the model', () => {
  const turn = [...text('A cat'), picture]

  it('sees files before anybody else, and can stop them', async () => {
    const seen: unknown[] = []
    const test = harness([turn], {
      loop: {
        hooks: [
          {
            afterModel: ({ files }) => {
              seen.push(
                files,
                test.events.some(({ type }) => type === 'artifact'),
              )
              return { block: 'No pictures.' }
            },
          },
        ],
      },
    })
    const { task } = await test.send('draw')
    expect(seen).toEqual([[picture], false])
    expect([task.status.state, task.artifacts]).toEqual(['rejected', []])
    expect(JSON.stringify(test.events)).not.toContain(picture.raw)
  })

  it('lets them pass, and leaves them where it rewrites the text', async () => {
    for (const verdict of [undefined, { text: 'A dog' }]) {
      const test = harness([turn], { loop: { hooks: [{ afterModel: () => verdict }] } })
      expect(parts(await test.send('draw'))).toEqual([
        [{ text: verdict?.text ?? 'A cat' }],
        [{ raw: picture.raw, mediaType: 'image/png' }],
      ])
    }
  })
})

describe('in the next task of the conversation', () => {
  const next = async (turns: ModelStreamPart[][], options: LoopHarnessOptions = {}, agent = {}) => {
    const test = harness([...turns, text('Bluer.')], options, agent)
    const { task } = await test.send('draw')
    await test.send('bluer', { contextId: task.contextId })
    return test.calls.at(-1)?.messages
  }

  it('the model sees what it made, with what its provider wants back', async () => {
    const seen = await next([[...text('Here:'), picture]])
    expect(seen?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(seen?.[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Here:' }, picture] })
  })

  it('sees it together with its calls', async () => {
    const tools = [{ name: 'look', description: 'Looks', run: () => 'seen' }]
    const seen = await next([[picture, ...call('look')], text('Done.')], {}, { tools })
    expect(seen?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
    expect(seen?.[1]).toMatchObject({ content: [picture, { type: 'tool-call' }] })
  })

  it('sees the newest as far as there is room, and of the others that they were', async () => {
    const older: File = { ...picture, filename: 'cat.png' }
    const length = (picture.raw?.length ?? 0) + JSON.stringify(picture.providerData).length
    const options = { loop: { maxRememberedFileLength: length } }
    expect((await next([[older, picture]], options))?.[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: '(A file was made here: cat.png.)' }, picture],
    })
    const test = harness([[older], [picture], text('Done.')], options)
    const { task } = await test.send('draw')
    for (const words of ['again', 'and?']) await test.send(words, { contextId: task.contextId })
    expect(test.calls.at(-1)?.messages.flatMap((one) => (one.role === 'assistant' ? one.content : []))).toEqual([
      { type: 'text', text: '(A file was made here: cat.png.)' },
      picture,
    ])
  })

  it('the model sees what its provider wants back, though there was but text for people', async () => {
    const opaque: ModelStreamPart = { type: 'opaque', provider: 'test', data: { type: 'compaction', content: 'SUM' } }
    expect((await next([[opaque, ...text('Hi')]]))?.[1]).toEqual({
      role: 'assistant',
      content: [opaque, { type: 'text', text: 'Hi' }],
    })
    const providerData = { test: { phase: 'final_answer' } }
    const phased: ModelStreamPart[] = [...text('Hi').slice(0, 2), { type: 'text-end', id: 'Hi', providerData }]
    expect((await next([phased]))?.[1]).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Hi', providerData }],
    })
  })

  it('sees a picture that is longer than all that is remembered otherwise', async () => {
    const large: File = { ...picture, raw: 'AAAA'.repeat(30_000) }
    expect((await next([[large]]))?.[1]).toEqual({ role: 'assistant', content: [large] })
  })
})

it('what a model was not given is in the log', async () => {
  const test = loopHarness([{ text: 'Hi' }])
  await test.send([{ raw: 'AAAA', mediaType: 'video/mp4' }])
  expect(test.logs).toContainEqual(
    expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ warnings: [expect.any(String)] }) }),
  )
})

describe('of a loop within another', () => {
  it('the files are in what a handler gets', async () => {
    const { model } = painter([...text('A cat'), picture])
    const test = loopHarness(
      [],
      {
        onMessage: async (_, ctx) => {
          const { text: said, files } = await ctx.llm.run({ prompt: 'draw' })
          return { reply: 'completed', artifacts: [{ parts: [{ text: said }, ...files] }] }
        },
      },
      { model: () => model },
    )
    expect(parts(await test.send('go'))).toEqual([[{ text: 'A cat' }, { raw: picture.raw, mediaType: 'image/png' }]])
  })

  it.each<[string, ModelStreamPart[], object]>([
    ['the answer of a tool', [picture, ...call('final_answer', '{"alt":"a cat"}')], { output: true }],
    ['calls that end it', [picture, ...call('look')], {}],
  ])('the files are in what a handler gets, beside %s', async (_, turn, { output }: { output?: boolean }) => {
    const { model } = painter(turn)
    const tools = [{ name: 'look', description: 'Looks', run: () => 'seen' }]
    const schema = { type: 'object', properties: { alt: { type: 'string' } } }
    const got: unknown[] = []
    const test = loopHarness(
      [],
      {
        onMessage: async (__, ctx) => {
          got.push((await ctx.llm.run({ prompt: 'draw', tools, ...(output && { output: schema }) })).files)
        },
      },
      { model: () => model, loop: { stopWhen: () => true } },
    )
    await test.clock.until(test.submit('go').outcome)
    expect(got).toEqual([[{ raw: picture.raw, mediaType: 'image/png' }]])
  })

  it('the files are in the result of a skill that the model calls', async () => {
    const skills = [{ id: 'draw', name: 'Draw', description: 'Draws', tags: [], instructions: 'Draw.' }]
    const test = harness([call('draw', '{"input":"a cat"}'), [picture], text('Done.')], {}, { skills })
    await test.send('go')
    expect(test.events).toContainEqual(
      expect.objectContaining({ type: 'tool-result', parts: [{ raw: picture.raw, mediaType: 'image/png' }] }),
    )
  })
})
