import type { ClientTool, JsonObject, JsonValue } from '@pf-agents/agent-core'
import type { WireMessage } from '../wire/event'
import { Checker, isObject, type OnWarning } from './checker'
import { parseContent } from './content'
import type { ContextEntry, ResumeEntry, RunInput } from './run-input'

/**
 * Reads what a client asks of a run. What clients before 1.0 send is understood: `null` for what is absent, parts and roles
 * that are no more. A field of a wrong type is refused, before anything has begun.
 *
 * @param warn - told of what was left out
 * @throws PfError PF_RUN_INPUT_INVALID
 */
export function parseRunInput(value: JsonValue, warn: OnWarning): RunInput {
  const check = new Checker(warn)
  if (!isObject(value)) {
    check.wrong('body', 'must be an object')
    check.finish()
  }
  const given = value as JsonObject
  if (!Array.isArray(given['messages'])) check.wrong('messages', 'must be a list')
  const protocolVersion = check.optionalText(given, 'protocolVersion', '')
  const parentRunId = check.optionalText(given, 'parentRunId', '')
  const { state, forwardedProps } = given
  const input: RunInput = {
    threadId: check.id(given, 'threadId', ''),
    runId: check.id(given, 'runId', ''),
    ...(protocolVersion !== undefined && { protocolVersion }),
    ...(parentRunId !== undefined && { parentRunId }),
    messages: check
      .objects(check.list(given, 'messages', ''), 'messages')
      .flatMap(({ one, at }) => parseMessage(one, at, check) ?? []),
    ...(state !== undefined && state !== null && { state }),
    tools: check.objects(check.list(given, 'tools', ''), 'tools').map(({ one, at }) => parseTool(one, at, check)),
    context: check
      .objects(check.list(given, 'context', ''), 'context')
      .map(({ one, at }) => parseContext(one, at, check)),
    ...(forwardedProps !== undefined && forwardedProps !== null && { forwardedProps }),
    resume: check.objects(check.list(given, 'resume', ''), 'resume').map(({ one, at }) => parseResume(one, at, check)),
  }
  check.finish()
  return input
}

function parseMessage(given: JsonObject, at: string, check: Checker): WireMessage | undefined {
  const { role } = given
  const id = check.id(given, 'id', at)
  const subagentRunId = check.optionalText(given, 'subagentRunId', at)
  const base = { id, ...(subagentRunId !== undefined && { subagentRunId }) }
  switch (role) {
    case 'user':
      return { ...base, role, content: parseContent(given['content'], `${at}content`, check) }
    case 'system':
    case 'developer':
    case 'reasoning':
      return { ...base, role, content: check.text(given, 'content', at) }
    case 'assistant': {
      const content = check.optionalText(given, 'content', at)
      const toolCalls = check
        .objects(check.list(given, 'toolCalls', at), `${at}toolCalls`)
        .map(({ one, at: place }) => {
          const called = isObject(one['function']) ? one['function'] : undefined
          if (called === undefined) check.wrong(`${place}function`, 'must be an object')
          return {
            id: check.text(one, 'id', place),
            type: 'function' as const,
            function: {
              name: called === undefined ? '' : check.text(called, 'name', `${place}function.`),
              arguments: called === undefined ? '' : check.text(called, 'arguments', `${place}function.`),
            },
          }
        })
      return { ...base, role, ...(content !== undefined && { content }), ...(toolCalls.length > 0 && { toolCalls }) }
    }
    case 'tool': {
      const error = check.optionalText(given, 'error', at)
      return {
        ...base,
        role,
        toolCallId: check.text(given, 'toolCallId', at),
        content: parseContent(given['content'], `${at}content`, check),
        ...(error !== undefined && { error }),
      }
    }
    case 'activity':
      // What was shown is no part of what was said.
      return undefined
    default:
      check.warn(`${at}role ${JSON.stringify(role)} is not known`)
      return undefined
  }
}

function parseTool(given: JsonObject, at: string, check: Checker): ClientTool {
  const { parameters } = given
  return {
    name: check.id(given, 'name', at),
    description: check.optionalText(given, 'description', at) ?? '',
    ...(parameters !== undefined && parameters !== null && { parameters }),
  }
}

function parseContext(given: JsonObject, at: string, check: Checker): ContextEntry {
  const { value } = given
  return {
    description: check.text(given, 'description', at),
    value: typeof value === 'string' ? value : JSON.stringify(value ?? null),
  }
}

function parseResume(given: JsonObject, at: string, check: Checker): ResumeEntry {
  const { status, payload } = given
  if (status !== 'resolved' && status !== 'cancelled') check.wrong(`${at}status`, 'must be "resolved" or "cancelled"')
  return {
    interruptId: check.text(given, 'interruptId', at),
    status: status === 'cancelled' ? status : 'resolved',
    ...(payload !== undefined && { payload }),
  }
}
