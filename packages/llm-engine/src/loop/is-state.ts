import type { WhatRuns } from '../approval/what-runs'
import { strayJson } from '../model/stray-body'
import { isObject } from '../wire/json'

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0
/** An object whose fields these tests pass. */
const like =
  (tests: Record<string, (value: unknown) => boolean>) =>
  (value: unknown): boolean =>
    isObject(value as never) && Object.keys(tests).every((key) => tests[key]?.((value as never)[key]) === true)
const listOf =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(test)
const maybe =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || test(value)

const said = like({ role: isText, content: listOf(like({ type: isText })) })
const order = like({ role: (role) => role === 'system', text: isText })
const messages = listOf((one) => said(one) || order(one))
const call = like({
  toolCallId: isText,
  promptId: maybe(isText),
  name: isText,
  arguments: isText,
  runs: maybe((runs) => like({ json: isText })(runs) && canRun(runs as WhatRuns)),
  waits: maybe(like({ for: isText, questions: listOf(isText) })),
  slots: maybe(like({})),
  result: maybe(like({ parts: listOf(like({})) })),
})
const canRun = ({ json, isWhole }: WhatRuns): boolean => !isWhole || strayJson(json) !== undefined

/** Whether something that was stored is what a loop can go on from: what it would fall over later is found here. */
export const isState = like({
  own: maybe(like({ from: isCount, messageId: isText })),
  messages,
  turns: isCount,
  repairs: isCount,
  usage: maybe(like({})),
  lastUsage: maybe(like({})),
  calls: maybe(listOf(call)),
  remarks: maybe(messages),
})
