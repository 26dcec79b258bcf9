import type { LanguageModel, ModelCall, ModelToolResultPart } from '@pf-agents/agent-core'
import { mockModel, type MockTurn } from '@pf-agents/testing'

/**
 * What stands in for a model where there is no key: it understands a handful of sentences, and uses the tools as a model
 * would. What it says depends on nothing but its prompt, so it can go on after a restart.
 */
export const withoutKey: LanguageModel = {
  provider: 'script',
  modelId: 'without-key',
  // A new one for every call: a mock keeps what it was asked.
  stream: (call) => mockModel({ provider: 'script', modelId: 'without-key', turns: say }).stream(call),
}

function say(call: ModelCall): MockTurn {
  const results = newResults(call)
  // A skill with an output schema brings a tool that takes the answer.
  const takesAnswer = call.tools?.some(({ name }) => name === 'final_answer') === true
  const turn = takesAnswer ? sumUp(results) : talk(call, results)
  return { deltaLength: 5, paceMs: 10, ...turn }
}

function talk(call: ModelCall, results: readonly ModelToolResultPart[]): MockTurn {
  if (results.length > 0) return { text: `Done: ${results.map(textOf).join(' ')}` }
  const said = lastUserText(call)
  const note = /\bnote(?: that)?:? (.+?)(?: and mail (\S+@\S+))?$/i.exec(said)
  if (note) {
    const [, text = '', to] = note
    const toolCalls = [{ name: 'take_note', arguments: { text } }]
    if (to !== undefined) toolCalls.push({ name: 'send_mail', arguments: { to, text } as never })
    return { reasoning: 'There is something to be noted.', text: to === undefined ? '' : 'I will do both. ', toolCalls }
  }
  const mail = /\bmail (\S+@\S+?):? (.+)$/i.exec(said)
  if (mail) {
    const [, to = '', text = ''] = mail
    return { reasoning: 'That is a mail.', toolCalls: [{ name: 'send_mail', arguments: { to, text } }] }
  }
  if (/\bnotes\b/i.test(said)) return { reasoning: 'Let me look.', toolCalls: [{ name: 'read_notes' }] }
  return {
    reasoning: 'No key is set, so I follow a script.',
    text: 'Hello! I have no model behind me, but I can take a note ("Note that …"), read your notes, and mail somebody.',
  }
}

/** The one answer with a schema. */
function sumUp(results: readonly ModelToolResultPart[]): MockTurn {
  const [read] = results
  if (read === undefined) return { reasoning: 'First the notes.', toolCalls: [{ name: 'read_notes' }] }
  const points = (read.parts[0]?.data ?? []) as string[]
  return { toolCalls: [{ name: 'final_answer', arguments: { title: `${points.length} notes`, points } }] }
}

function textOf({ parts }: ModelToolResultPart): string {
  return parts.map(({ text, data }) => text ?? JSON.stringify(data)).join(' ')
}

/** Results that came behind the last thing the model said. */
function newResults({ messages }: ModelCall): readonly ModelToolResultPart[] {
  const last = messages.at(-1)
  return last?.role === 'tool' ? last.content : []
}

function lastUserText({ messages }: ModelCall): string {
  const last = messages.findLast(({ role }) => role === 'user')
  if (last?.role !== 'user') return ''
  return last.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
