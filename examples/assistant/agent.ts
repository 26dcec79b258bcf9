import { defineAgent } from '@pf-agents/agent-core'
import { model } from './src/model.ts'
import { summary } from './src/summary.ts'
import { readNotes, sendMail, takeNote } from './src/tools.ts'

export default defineAgent({
  name: 'assistant',
  description: 'Takes notes, sums them up, and sends mail when it may',
  version: '1.0.0',
  instructions:
    'You are an assistant. Be brief. Use your tools for notes and mail; do not claim what no tool has done.',
  model,
  tools: [takeNote, readNotes, sendMail],
  skills: [summary],
  budget: { turns: 10, costUsd: 0.5 },
})
