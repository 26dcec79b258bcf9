// How long a fresh process takes to import what an agent with a model is made of: import.mjs SIDE
const sides = {
  ours: ['@pf-agents/agent-core', '@pf-agents/llm-engine', '@pf-agents/llm-engine/openai'],
  'ai-sdk': ['ai', '@ai-sdk/openai'],
}
const from = performance.now()
await Promise.all(sides[process.argv[2]].map((name) => import(name)))
process.send({ ms: performance.now() - from })
