/**
 * Tools with which a model asks people: questions, choices, forms, confirmation. Neutral: runs on Node and inside a
 * WebAssembly component.
 *
 * @module
 */
export { type AnswerTimeouts, answerTimeoutsPort, type TimedQuestion } from './answer-timeouts'
export { ask, type AskOptions } from './ask'
export type { AskArguments } from './ask-schema'
export { confirm, type ConfirmOptions } from './confirm'
export { interactiveTools, type InteractiveToolsOptions } from './interactive-tools'
