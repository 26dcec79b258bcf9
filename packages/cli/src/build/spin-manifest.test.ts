import { expect, it } from 'vitest'
import { componentId, spinManifest } from './spin-manifest'

const needs = { outbound: [], variables: {}, secrets: [], keyValue: [], memoryMb: 64 }

it('grants what the agent needs, and declares its variables and secrets', () => {
  const manifest = spinManifest({
    name: 'Support Agent',
    version: '1.2.3',
    description: 'Says "hello"\nand more',
    component: 'dist/support.wasm',
    needs: {
      outbound: ['https://api.example.com', 'http://127.0.0.1:*'],
      variables: { 'llm-host': { default: 'llm.example.com' }, REGION: {}, TONE: { optional: true } },
      secrets: ['OPENAI_API_KEY', 'HOOK_KEY'],
      optionalSecrets: ['HOOK_KEY'],
      keyValue: ['default'],
      memoryMb: 64,
    },
  })
  expect(manifest).toBe(`# Written by pf build, and written again by the next one while this line stands here.
spin_manifest_version = 2

[application]
name = "support-agent"
version = "1.2.3"
description = "Says \\"hello\\"\\nand more"

[variables]
llm_host = { default = "llm.example.com" }
region = { required = true }
tone = { default = "" }
openai_api_key = { required = true, secret = true }
hook_key = { default = "", secret = true }

[[trigger.http]]
route = "/..."
component = "support-agent"

[component.support-agent]
source = "support.wasm"
allowed_outbound_hosts = ["https://api.example.com", "http://127.0.0.1:*"]
key_value_stores = ["default"]

[component.support-agent.variables]
llm_host = "{{ llm_host }}"
region = "{{ region }}"
tone = "{{ tone }}"
openai_api_key = "{{ openai_api_key }}"
hook_key = "{{ hook_key }}"
`)
})

it('grants nothing to an agent that needs nothing', () => {
  const manifest = spinManifest({ name: 'echo', version: '1.0.0', description: '', component: 'echo.wasm', needs })
  expect(manifest).toContain('allowed_outbound_hosts = []')
  expect(manifest).toContain('key_value_stores = []')
  expect(manifest).not.toContain('variables')
})

it.each([
  ['Echo', 'echo'],
  ['My  Travel_Desk 2', 'my-travel-desk-2'],
  ['42', 'agent-42'],
  ['旅行', 'agent'],
])('makes of the name %s the id %s', (name, id) => expect(componentId(name)).toBe(id))
