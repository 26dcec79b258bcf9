import {
  bind,
  defineAgent,
  defineFeature,
  defineTool,
  httpClientPort,
  jsonSchema,
  variablesPort,
} from '@pf-agents/agent-core'
import { createOpenAiChat } from '@pf-agents/llm-engine/openai'

interface Mail {
  to: string
  text: string
}

/** The minimal responder: a model, a tool, and a tool that somebody has to allow. */
export const responder = defineAgent({
  name: 'responder',
  description: 'Answers, counts, sends mail when it may',
  version: '1.0.0',
  instructions: 'Be brief.',
  model: createOpenAiChat({ model: 'fake', baseUrl: 'http://127.0.0.1:1/v1' }),
  needs: { outbound: ['http://127.0.0.1:*'], variables: { PROVIDER_PORT: {} } },
  tools: [
    defineTool({
      name: 'add',
      description: 'Adds two numbers',
      input: jsonSchema<{ a: number; b: number }>({
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      }),
      run: ({ a, b }) => a + b,
    }),
    defineTool({
      name: 'send_mail',
      description: 'Sends a mail',
      input: jsonSchema<Mail>({
        type: 'object',
        properties: { to: { type: 'string' }, text: { type: 'string' } },
        required: ['to', 'text'],
      }),
      needsApproval: true,
      run: ({ to }) => `Sent to ${to}.`,
    }),
  ],
})

/** The model's address is known at build time, the port of a test's provider is not. */
export function providerPort() {
  return defineFeature({
    name: 'provider-port',
    targets: ['node', 'wasm'],
    provides: [httpClientPort],
    setup: ({ ports }) => ({
      ports: [
        bind(httpClientPort, {
          async fetch(input, init) {
            const url = new URL(input instanceof Request ? input.url : input)
            url.port = (await ports.get(variablesPort).get('PROVIDER_PORT')) ?? ''
            return fetch(url, init)
          },
        }),
      ],
    }),
  })
}
