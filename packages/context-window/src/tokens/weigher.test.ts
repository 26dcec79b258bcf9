import type { ModelAssistantPart } from '@pf-agents/agent-core'
import { expect, it } from 'vitest'
import { createWeigher } from './weigher'

const weigh = (part: ModelAssistantPart): number =>
  createWeigher({ name: 'characters', count: (text) => text.length }).message({ role: 'assistant', content: [part] })

it.each<ModelAssistantPart>([
  { type: 'text', text: 'x' },
  { type: 'reasoning', text: '' },
  { type: 'tool-call', toolCallId: 'c', name: 'f', arguments: '{}' },
  { type: 'file', mediaType: 'image/png', raw: 'AAAA' },
])('what a provider wants back with a part counts: $type', (part) => {
  const providerData = { gemini: { thoughtSignature: 'S'.repeat(80_000) } }
  expect(weigh({ ...part, providerData } as ModelAssistantPart) - weigh(part)).toBeGreaterThanOrEqual(10_000)
})
