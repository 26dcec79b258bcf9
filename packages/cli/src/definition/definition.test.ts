import { expect, it } from 'vitest'
import { defineAgent } from '@pf-agents/agent-core'
import { createApp } from '@pf-agents/app'
import { readDefinition } from './definition'

const agent = defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => 'x' })
const document = createApp(agent, [], { target: 'wasm' }).describe()

it('reads what an app says of itself, and leaves alone what a later version may add', async () => {
  const later = { ...document, added: 'later' }
  expect(await readDefinition(JSON.stringify(later))).toEqual(JSON.parse(JSON.stringify(later)))
})

it.each([
  [undefined, 'does not export configure-agent'],
  ['{', 'is not JSON'],
  ['{}', 'does not match agent-definition.v1'],
  [JSON.stringify({ ...document, name: 7 }), 'does not match agent-definition.v1'],
  [JSON.stringify({ ...document, schema: 'agent-definition.v2' }), 'does not match agent-definition.v1'],
])('refuses %s', async (text, message) => {
  await expect(readDefinition(text)).rejects.toMatchObject({
    code: 'PF_COMPONENT_INVALID',
    message: expect.stringContaining(message) as string,
  })
})
