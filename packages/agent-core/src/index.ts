/**
 * The words everything else uses: agents, skills, messages, tasks, events, ports, and the runtime that runs them.
 * Neutral: runs on Node and inside a WebAssembly component.
 *
 * @module
 */
export { type ErrorCode, errorCodes } from './error/codes'
export { PfError, type PfErrorOptions } from './error/pf-error'
export { type Target, UnsupportedOnTargetError, type UnsupportedOnTarget, unsupportedSentence } from './error/unsupported-on-target-error'
export type { JsonObject, JsonValue } from './model/json'
export { type IncomingMessage, incomingMessage, type Message, type Role } from './model/message'
export { type DataPart, dataOf, type Part, type RawPart, type TextPart, textOf, type UrlPart } from './model/part'
export type { Artifact, Task, TaskStatus } from './model/task'
export { isActive, isInterrupted, isTerminal, type TaskState, type TerminalState } from './model/task-state'
