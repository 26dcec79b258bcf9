// What it takes to make an agent of ready parts: agent.mjs SIDE TIMES
const [side, times] = process.argv.slice(2)
const parameters = { type: 'object', properties: { a: { type: 'number' } } }

const sides = {
  async ours() {
    const { defineAgent, defineTool, jsonSchema } = await import('@pf-agents/agent-core')
    const { createOpenAiChat } = await import('@pf-agents/llm-engine/openai')
    const model = createOpenAiChat({ model: 'm', apiKey: 'k' })
    const tools = [defineTool({ name: 'add', description: 'Adds', input: jsonSchema(parameters), run: () => 1 })]
    return (index) =>
      defineAgent({ name: `agent-${index}`, description: 'Adds', version: '1.0.0', instructions: 'Add.', model, tools })
  },
  async 'ai-sdk'() {
    const { jsonSchema, tool, ToolLoopAgent } = await import('ai')
    const { createOpenAI } = await import('@ai-sdk/openai')
    const model = createOpenAI({ apiKey: 'k' }).chat('m')
    const tools = { add: tool({ description: 'Adds', inputSchema: jsonSchema(parameters), execute: () => 1 }) }
    return (index) => new ToolLoopAgent({ id: `agent-${index}`, instructions: 'Add.', model, tools })
  },
}

const make = await sides[side]()
const count = Number(times)
for (let index = 0; index < count / 4; index++) make(index)
const heap = () => {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
const kept = Array.from({ length: count })
const before = heap()
const from = performance.now()
for (let index = 0; index < count; index++) kept[index] = make(index)
const microseconds = ((performance.now() - from) * 1000) / count
process.send({ microseconds, bytes: (heap() - before) / count, kept: kept.length })
