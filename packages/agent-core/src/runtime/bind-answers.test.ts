import { expect, it, vi } from 'vitest'
import type { StoredTask } from '../port/run-store'
import { testMessage } from '../testing/test-message'
import { bindAnswers } from './follow-up'

const stored = { task: { status: { state: 'input-required' } }, facts: {} } as StoredTask
const bind = (texts: string[], payloads: string[]) => {
  const answers = payloads.map((payload, at) => ({ interruptId: `${at}`, status: 'resolved' as const, payload }))
  const message = testMessage(texts.map((text) => ({ text })))
  return bindAnswers({ message, principal: { id: 'p' } as never, answers }, stored, [])
}

it('what a message says beside the answers that it names is a remark', () => {
  expect(bind(['Oslo', 'quickly, please', 'Rome'], ['Rome', 'Oslo']).remark).toEqual([{ text: 'quickly, please' }])
})

it('is told apart by writing each part and each answer once, however many there are', () => {
  const many = (name: string) => Array.from({ length: 500 }, (_, at) => `${name} ${at}`)
  const written = vi.spyOn(JSON, 'stringify')
  try {
    expect(bind(many('part'), many('answer')).remark).toHaveLength(500)
    expect(written.mock.calls.length).toBeLessThanOrEqual(1_000)
  } finally {
    written.mockRestore()
  }
})
