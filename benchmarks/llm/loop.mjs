// Two model calls and one tool, by one side: loop.mjs SIDE TIMES. The answers come from memory, as HTTP would bring them.
const [side, times] = process.argv.slice(2)
const encoder = new TextEncoder()
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
const usage = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 }
const sse = (...choices) =>
  encoder.encode(
    [
      ...choices.map((choice) => ({ ...head, choices: [{ index: 0, finish_reason: null, ...choice }] })),
      { ...head, choices: [], usage },
    ]
      .map((value) => `data: ${JSON.stringify(value)}\n\n`)
      .join('') + 'data: [DONE]\n\n',
  )
const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }
const piece = (text) => ({ delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } })
const streams = [
  sse(
    { delta: { role: 'assistant', content: '' } },
    { delta: { tool_calls: [call] } },
    piece('{"a"'),
    piece(':2,"b"'),
    piece(':3}'),
    { delta: {}, finish_reason: 'tool_calls' },
  ),
  sse(
    { delta: { role: 'assistant', content: '' } },
    ...['The', ' sum', ' is', ' 5', '.'].map((content) => ({ delta: { content } })),
    { delta: {}, finish_reason: 'stop' },
  ),
]
const whole = (message, finish_reason) =>
  JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage })
const bodies = [
  whole(
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":2,"b":3}' } }],
    },
    'tool_calls',
  ),
  whole({ role: 'assistant', content: 'The sum is 5.' }, 'stop'),
]

let calls = 0
async function fetch(_url, init) {
  calls++
  const body = JSON.parse(init.body)
  const turn = body.messages.some(({ role }) => role === 'tool') ? 1 : 0
  if (body.stream !== true) return new Response(bodies[turn], { headers: { 'content-type': 'application/json' } })
  return new Response(streams[turn], { headers: { 'content-type': 'text/event-stream' } })
}

const parameters = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
  additionalProperties: false,
}
const expected = 'The sum is 5.'

const about = { name: 'adder', description: 'Adds', version: '1.0.0', needs: { outbound: ['https://api.openai.com'] } }
const add = { name: 'add', description: 'Adds' }

const sides = {
  async ours() {
    const { defineAgent, defineTool, jsonSchema, PortMap } = await import('@pf-agents/agent-core')
    const { llmEngine } = await import('@pf-agents/llm-engine')
    const { createOpenAiChat } = await import('@pf-agents/llm-engine/openai')
    const agent = defineAgent({
      ...about,
      model: createOpenAiChat({ model: 'm', apiKey: 'k' }),
      tools: [defineTool({ ...add, input: jsonSchema(parameters), run: ({ a, b }) => a + b })],
    })
    return runs(agent, (own) => llmEngine().setup({ agents: [{ name: '', agent }], ports: new PortMap(own) }).ports)
  },
  async byHand() {
    const { defineAgent } = await import('@pf-agents/agent-core')
    const { byHand } = await import('./by-hand.mjs')
    const onMessage = byHand({ ...add, parameters }, async ({ a, b }) => a + b)
    return runs(defineAgent({ ...about, onMessage }), () => [])
  },
  async generateText() {
    const { generateText, tools, model, stopWhen } = await aiSdk()
    return async () => (await generateText({ model, tools, stopWhen, prompt: 'What is 2 + 3?' })).text
  },
  async streamText() {
    const { streamText, tools, model, stopWhen } = await aiSdk()
    return async () => {
      let text = ''
      for await (const delta of streamText({ model, tools, stopWhen, prompt: 'What is 2 + 3?' }).textStream)
        text += delta
      return text
    }
  },
}

/** Runs of an agent whose tasks are kept in memory. */
async function runs(agent, engine) {
  const core = await import('@pf-agents/agent-core')
  const { anonymous, bind, createMemoryConversation, createMemoryKeyValue, createMemoryRunStore, createRuntime } = core
  const { conversationPort, httpClientPort, keyValuePort, PortMap, runStorePort } = core
  const conversation = createMemoryConversation()
  const own = [
    bind(runStorePort, createMemoryRunStore({ conversation })),
    bind(keyValuePort, createMemoryKeyValue()),
    bind(conversationPort, conversation),
    bind(httpClientPort, { fetch }),
  ]
  const runtime = createRuntime(agent, new PortMap([...own, ...engine(own)]))
  let count = 0
  return async () => {
    const message = { messageId: `m-${count++}`, role: 'user', parts: [{ text: 'What is 2 + 3?' }] }
    const { task } = await runtime.submit({ principal: anonymous, message }).outcome
    return task.task.artifacts[0].parts.map(({ text }) => text).join('')
  }
}

async function aiSdk() {
  const { generateText, jsonSchema, stepCountIs, streamText, tool } = await import('ai')
  const { createOpenAI } = await import('@ai-sdk/openai')
  const tools = {
    add: tool({ description: 'Adds', inputSchema: jsonSchema(parameters), execute: ({ a, b }) => a + b }),
  }
  const model = createOpenAI({ apiKey: 'k', fetch }).chat('m')
  return { generateText, streamText, tools, model, stopWhen: stepCountIs(5) }
}

const run = await sides[side]()
for (let index = 0; index < Number(times) / 2; index++) {
  const text = await run()
  if (text !== expected) throw new Error(`${side} said ${JSON.stringify(text)}.`)
}
calls = 0
const from = performance.now()
for (let index = 0; index < Number(times); index++) await run()
const ms = (performance.now() - from) / Number(times)
if (calls !== 2 * Number(times)) throw new Error(`${side} called the model ${calls} times in ${times} runs.`)
process.send({ ms })
