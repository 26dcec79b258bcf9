import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const entries = {
  ours: `export { createRuntime, defineAgent, defineTool } from '@pf-agents/agent-core'
    export { llmEngine } from '@pf-agents/llm-engine'
    export { createOpenAiChat } from '@pf-agents/llm-engine/openai'`,
  client: `export { defineAgent, defineTool } from '@pf-agents/agent-core'
    export { createOpenAiChat } from '@pf-agents/llm-engine/openai'`,
  runtime: `export { createRuntime, defineAgent, defineTool } from '@pf-agents/agent-core'
    export { createOpenAiChat } from '@pf-agents/llm-engine/openai'`,
  'ai-sdk': `export { generateText, streamText, tool, ToolLoopAgent } from 'ai'
    export { createOpenAI } from '@ai-sdk/openai'`,
}

/** Minified and gzipped kilobytes (1,000 bytes) of core, engine and one provider. */
export async function bundleSize(side) {
  const { outputFiles } = await build({
    stdin: { contents: entries[side], resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    legalComments: 'none',
  })
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000
}
