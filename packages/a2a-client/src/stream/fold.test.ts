import { expect, it } from 'vitest'
import { ids } from '../../test/streams'
import { createTaskFold } from './fold'

it('folds what a status says into the history once, without the questions it carries', () => {
  const fold = createTaskFold()
  const message = {
    messageId: 'm',
    role: 'agent' as const,
    parts: [{ text: 'where to?' }],
    metadata: { 'urn:pf-agents:a2a:interrupt:v1': { interrupts: [] }, other: 1 },
    extensions: ['urn:pf-agents:a2a:interrupt:v1', 'urn:other'],
  }
  const update = { statusUpdate: { ...ids, status: { state: 'input-required' as const, timestamp: '', message } } }
  fold.add(update)
  fold.add({ statusUpdate: { ...update.statusUpdate, metadata: { k: 1 } } })
  expect(fold.task).toEqual({
    id: 't-1',
    contextId: 'c-1',
    status: update.statusUpdate.status,
    artifacts: [],
    history: [
      {
        messageId: 'm',
        role: 'agent',
        parts: [{ text: 'where to?' }],
        metadata: { other: 1 },
        extensions: ['urn:other'],
      },
    ],
    metadata: { k: 1 },
  })
})
