import { type JsonValue, type ModelFilePart, type ModelToolResultPart, type Part, PfError } from '@pf-agents/agent-core'
import type { Question } from '../approval/approval'
import { isBlock } from '../hooks/hooks'
import { type AnswerForm, checkAnswer } from '../output/answer'
import { filePart } from '../reply/file-part'
import type { ModelReply } from '../reply/reply'
import { failure } from '../tool/result-parts'
import { parseObject } from '../wire/json'
import { CallIds } from './call-ids'
import type { CallState, LoopState } from './loop-state'
import { countRepairs, runCalls, tellResults } from './run-calls'
import { namesOf } from './run-names'
import { checkLive } from './scope'
import type { LoopSetup } from './setup'
import { takeTurn } from './take-turn'

/** How a loop ended, or what it waits for. */
export type LoopEnd =
  | {
      end: 'done'
      /** Text of the newest answer. */
      text: string
      /** The files of the newest answer, where it has some. */
      files?: Part[]
      /** The answer where it is data: as the model gave it, and as its schema made it. */
      answer?: { given: JsonValue; data: unknown }
      /** Why the newest answer ended, where it was not because all was said. */
      finish?: 'length' | 'empty' | 'other'
    }
  | { end: 'blocked'; reason: string }
  | { end: 'waiting'; questions: Question[] }

/**
 * Calls the model, carries out the tools it asks for, and again, until it has answered, something has to be answered
 * first, or a limit is reached. The state is changed as it goes and can be gone on with at every return.
 *
 * @throws PfError PF_BUDGET_EXCEEDED, PF_TOOL_CALL_INVALID, PF_OUTPUT_INVALID, PF_MODEL_…
 */
export async function runLoop(setup: LoopSetup, state: LoopState): Promise<LoopEnd> {
  try {
    const end = await turns(setup, state)
    tellResults(setup)
    return end
  } catch (error) {
    if (!PfError.is(error) || !error.retryable) tellResults(setup)
    throw error
  }
}

async function turns(setup: LoopSetup, state: LoopState): Promise<LoopEnd> {
  const { context } = setup
  const ids = new CallIds(state, namesOf(context))
  for (;;) {
    checkLive(context)
    if (state.calls !== undefined) {
      const questions = await runCalls(setup, state)
      if (questions.length > 0) return { end: 'waiting', questions }
      if (await closeTurn(setup, state)) return { end: 'done', ...lastSaid(state) }
    }
    checkLive(context)
    const reply = await takeTurn(setup, state, ids)
    if (isBlock(reply)) return { end: 'blocked', reason: reply.block }
    const end = await readReply(setup, state, reply, ids)
    if (end !== undefined) return end
  }
}

/** Adds what the model said, and decides what is next: `undefined` where the loop goes on. */
async function readReply(
  setup: LoopSetup,
  state: LoopState,
  reply: ModelReply,
  ids: CallIds,
): Promise<LoopEnd | undefined> {
  const { answer } = setup
  const { finish, text, toolCalls, cutCalls } = reply
  const files = filesIn(reply.files)
  if (finish.reason === 'content-filter')
    throw new PfError('PF_MODEL_CONTENT_FILTER', 'The model or its provider refused to answer.')
  if (finish.reason === 'error')
    throw new PfError('PF_MODEL_RESPONSE_INVALID', 'The model ended its answer with an error.')
  if (reply.message.content.length > 0) state.messages.push(reply.message)
  const isGiven = answer?.mode === 'tool' && toolCalls.some(({ name }) => name === answer.tool.name)
  if (toolCalls.length + cutCalls.length > 0) {
    state.calls = callsOf(setup, reply, ids)
    if (!isGiven) return undefined
    const end = await takeAnswer(answer, state)
    return end && { ...end, ...files }
  }
  if (finish.reason === 'pause') return undefined
  if (answer === undefined) {
    state.repairs = 0
    return { end: 'done', text, ...files, ...unusual(reply) }
  }
  const checked = await checkAnswer(answer, text)
  if (checked.problem === undefined) return { end: 'done', text, ...files, answer: checked }
  countAnswers(setup, state, checked.problem)
  const order = answer.mode === 'tool' ? `Call ${answer.tool.name} with it.` : 'Answer with the corrected JSON alone.'
  const told = `Your answer can not be used. ${checked.problem} ${order}`
  state.messages.push({ role: 'user', content: [{ type: 'text', text: told }] })
  return undefined
}

/** What the caller should know of how the answer ended. A picture is an answer, too. */
function unusual({ finish: { reason }, text, files }: ModelReply): { finish?: 'length' | 'empty' | 'other' } {
  if (reason === 'length') return { finish: 'length' }
  if (text === '' && files.length === 0) return { finish: 'empty' }
  return reason === 'stop' || reason === 'tool-calls' ? {} : { finish: 'other' }
}

const cutOff = 'The arguments were cut off: they are too long. Write less'

/** The calls of an answer; those that were cut off, or are too many, are answered at once. */
function callsOf(
  { answer, context, options }: LoopSetup,
  { message, cutCalls }: ModelReply,
  ids: CallIds,
): CallState[] {
  const calls: CallState[] = []
  for (const part of message.content) {
    if (part.type !== 'tool-call') continue
    const { toolCallId: promptId, name } = part
    const toolCallId = ids.outer(promptId)
    const renamed = toolCallId === promptId ? {} : { promptId }
    const call: CallState = { toolCallId, ...renamed, name, arguments: part.arguments }
    const isCut = cutCalls.includes(part) || part.arguments.length > options.maxArgumentsLength
    // Half of a call is nothing a provider takes back.
    if (isCut) part.arguments = call.arguments = '{}'
    if (isCut || calls.length >= options.maxCalls) {
      call.bad = true
      const isTold = answer?.mode !== 'tool' || name !== answer.tool.name
      const cut = isTold ? `${cutOff}, or make several calls.` : `${cutOff}.`
      call.result = failure(isCut ? cut : `Not carried out: more than ${options.maxCalls} calls in one answer.`)
      if (isTold) context.emit({ type: 'tool-result', toolCallId, ...call.result })
    }
    calls.push(call)
  }
  return calls
}

/** The tool that takes the answer was called, once or more. */
async function takeAnswer(answer: AnswerForm, state: LoopState): Promise<LoopEnd | undefined> {
  const { calls = [] } = state
  const answers = calls.filter(({ name, result }) => name === answer.tool.name && result === undefined)
  const [call] = answers
  if (call === undefined) return undefined
  if (calls.length > 1) {
    const others = answers.length < calls.length ? ', once the results of the other calls are there' : ', and once'
    for (const one of answers) {
      one.bad = true
      one.result = failure(`Call ${one.name} alone${others}.`)
    }
    return undefined
  }
  const checked = await checkAnswer(answer, call.arguments)
  if (checked.problem === undefined) return { end: 'done', text: '', answer: checked }
  call.bad = true
  call.result = failure(`The answer does not match the schema. ${checked.problem}`)
  return undefined
}

/** All calls are over: their results join the prompt. Says whether that was the end. */
async function closeTurn(setup: LoopSetup, state: LoopState): Promise<boolean> {
  const { answer, options } = setup
  const calls = state.calls ?? []
  delete state.calls
  state.messages.push({ role: 'tool', content: calls.map(resultPart) })
  if (state.remarks !== undefined) state.messages.push(...state.remarks)
  delete state.remarks
  const bad = calls.find((call) => call.bad)
  if (bad !== undefined && bad.name === answer?.tool.name && answer.mode === 'tool')
    countAnswers(setup, state, textOfResult(bad))
  else countRepairs(setup, state, bad)
  if (options.stopWhen === undefined) return false
  return options.stopWhen({
    turns: state.turns,
    text: lastSaid(state).text,
    usage: state.usage,
    calls: calls.map(({ name, arguments: text, result }) => ({
      name,
      arguments: parseObject(text) ?? text,
      parts: result?.parts ?? [],
      isError: result?.isError === true,
    })),
  })
}

function resultPart({ toolCallId, promptId = toolCallId, name, result }: CallState): ModelToolResultPart {
  return {
    type: 'tool-result',
    toolCallId: promptId,
    name,
    parts: result?.parts ?? [],
    ...(result?.isError && { isError: true }),
  }
}

/** @throws PfError PF_OUTPUT_INVALID after too many answers in a row that can not be used */
function countAnswers({ options: { maxRepairs } }: LoopSetup, state: LoopState, problem: string): void {
  if (++state.repairs <= maxRepairs) return
  throw new PfError(
    'PF_OUTPUT_INVALID',
    `The model gave no answer that matches the schema, ${state.repairs} times in a row. ${problem}`,
  )
}

function textOfResult({ result }: CallState): string {
  return result?.parts[0]?.text ?? ''
}

/** What the newest answer says, and the files that it made. */
function lastSaid({ messages }: LoopState): { text: string; files?: Part[] } {
  const last = messages.findLast(({ role }) => role === 'assistant')
  if (last?.role !== 'assistant') return { text: '' }
  const text = last.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return { text, ...filesIn(last.content.filter((part) => part.type === 'file')) }
}

function filesIn(files: readonly ModelFilePart[]): { files?: Part[] } {
  return files.length > 0 ? { files: files.map(filePart) } : {}
}
