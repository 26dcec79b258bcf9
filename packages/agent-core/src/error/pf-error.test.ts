import { describe, expect, it, vi } from 'vitest'
import { errorCodes } from './codes'
import { errorStatus, isErrorCode } from './error-status'
import { PfError } from './pf-error'
import { UnsupportedOnTargetError, unsupportedSentence } from './unsupported-on-target-error'

describe('PfError', () => {
  it('says what happened and what to do, of its code or in words of its own', () => {
    expect(new PfError('PF_BUSY').message).toBe(
      'The task or its context has a run under way, and the message may not wait for it. Try again after the time in Retry-After.',
    )
    // @ts-expect-error a code that most programs have no use for brings no sentence.
    expect(new PfError('PF_GUEST_TRAP')).toMatchObject({ message: 'PF_GUEST_TRAP' })
    expect([errorStatus(new PfError('PF_BUSY')), errorStatus(new PfError('PF_GUEST_TRAP', 'x'))]).toEqual([429, 502])
    // @ts-expect-error a code of a newer copy of the package.
    expect(errorStatus(new PfError('PF_OF_TOMORROW', 'x'))).toBe(500)
    expect(['PF_GUEST_TRAP', 'PF_CONFIG_INVALID', 'PF_NOTHING', 'toString'].map(isErrorCode)).toEqual([
      true,
      true,
      false,
      false,
    ])
    const cause = new Error('underneath')
    const error = new PfError('PF_BUSY', 'own words', { cause, details: { a: 1 }, retryAfterMs: 5 })
    expect(error).toMatchObject({
      name: 'PfError',
      code: 'PF_BUSY',
      message: 'own words',
      cause,
      details: { a: 1 },
      retryable: true,
      retryAfterMs: 5,
    })
    expect(new PfError('PF_INTERNAL')).toMatchObject({ retryable: false, retryAfterMs: undefined, details: undefined })
    expect('cause' in new PfError('PF_INTERNAL')).toBe(false)
    expect(new PfError('PF_INTERNAL', undefined, { cause: undefined })).toHaveProperty('cause', undefined)
    expect(error).toBeInstanceOf(Error)
  })

  it('is known by its marker, not by its class: two copies of the package know each other', async () => {
    vi.resetModules()
    const copy = (await import('./pf-error')) as typeof import('./pf-error')
    expect(copy.PfError).not.toBe(PfError)
    const theirs = new copy.PfError('PF_BUSY')
    expect(theirs instanceof PfError).toBe(false)
    expect(PfError.is(theirs)).toBe(true)
    expect(PfError.is(theirs, 'PF_BUSY')).toBe(true)
    expect(PfError.is(theirs, 'PF_INTERNAL')).toBe(false)
    expect(
      copy.PfError.is(
        new UnsupportedOnTargetError({ feature: 'f', target: 'wasm', availableOn: ['node'] }),
        'PF_TARGET_UNSUPPORTED',
      ),
    ).toBe(true)
    expect(Object.keys(theirs)).not.toContain('pf-agents.error')
    for (const other of [
      undefined,
      null,
      'PF_BUSY',
      7,
      {},
      { code: 'PF_BUSY' },
      new Error('x'),
      Symbol.for('pf-agents.error'),
    ])
      expect(PfError.is(other)).toBe(false)
  })
})

describe('UnsupportedOnTargetError', () => {
  it('has the one sentence, with its facts beside it', () => {
    const about = {
      feature: 'redis-storage',
      target: 'wasm',
      availableOn: ['node'],
      reason: 'it needs TCP sockets',
      alternative: 'use spinStorage()',
    } as const
    expect(unsupportedSentence(about)).toBe(
      'redis-storage does not work on wasm (only on node): it needs TCP sockets. Instead, use spinStorage().',
    )
    expect(new UnsupportedOnTargetError(about)).toMatchObject({
      name: 'UnsupportedOnTargetError',
      code: 'PF_TARGET_UNSUPPORTED',
      message: unsupportedSentence(about),
      feature: 'redis-storage',
      target: 'wasm',
      availableOn: ['node'],
      alternative: 'use spinStorage()',
    })
    expect(unsupportedSentence({ feature: 'f', target: 'node', availableOn: ['wasm'] })).toBe(
      'f does not work on node (only on wasm).',
    )
  })
})

/**
 * Codes and statuses are written out here on purpose: callers depend on them. A code that is there now stays for ever,
 * and keeps its meaning; a new one is added at the end.
 */
const pinned = `
PF_INTERNAL 500, PF_CONFIG_INVALID 500, PF_TARGET_UNSUPPORTED 500, PF_FEATURE_MISSING 500, PF_FEATURE_CONFLICT 500,
PF_FEATURE_CYCLE 500, PF_REQUEST_INVALID 400, PF_REQUEST_TOO_LARGE 413, PF_UNAUTHENTICATED 401, PF_FORBIDDEN 403,
PF_TENANT_NOT_FOUND 404, PF_TASK_NOT_FOUND 404, PF_TASK_TERMINAL 409, PF_TASK_NOT_CANCELABLE 409, PF_CONTEXT_MISMATCH 400,
PF_CONTENT_TYPE 400, PF_METHOD_UNKNOWN 404, PF_OPERATION_UNSUPPORTED 400, PF_PUSH_UNSUPPORTED 400,
PF_CARD_NOT_CONFIGURED 400, PF_EXTENSION_REQUIRED 400, PF_VERSION_UNSUPPORTED 400, PF_INPUT_INVALID 400,
PF_OUTPUT_INVALID 500, PF_BUSY 429, PF_RATE_LIMITED 429, PF_OVERLOADED 503, PF_STORE_FULL 503, PF_STORE_CONFLICT 409,
PF_STORE_UNAVAILABLE 503, PF_STORE_SCHEMA 500, PF_LEASE_LOST 409, PF_RUN_LOST 500, PF_RUN_CANCELED 409, PF_RUN_TIMEOUT 504,
PF_BUDGET_EXCEEDED 500, PF_INTERRUPT_ANSWERED 409, PF_INTERRUPT_UNKNOWN 400, PF_INTERRUPT_EXPIRED 409, PF_ENGINE_MISSING 500,
PF_CHECKPOINT_SCHEMA 500, PF_SKILL_UNKNOWN 400, PF_SECRET_MISSING 500, PF_OUTBOUND_DENIED 502, PF_HTTP_TIMEOUT 504,
PF_HTTP_FAILED 502, PF_REMOTE_CARD 502, PF_REMOTE_ERROR 502, PF_REMOTE_RESPONSE 502, PF_COMPONENT_INVALID 500,
PF_GUEST_TIMEOUT 504, PF_GUEST_MEMORY 507, PF_GUEST_LOST 503, PF_GUEST_TRAP 502, PF_BUILD_FAILED 500,
PF_AUTH_UNAVAILABLE 503, PF_MODEL_AUTH 502, PF_MODEL_QUOTA 502, PF_MODEL_RATE_LIMITED 503, PF_MODEL_OVERLOADED 503,
PF_MODEL_UNAVAILABLE 502, PF_MODEL_TIMEOUT 504, PF_MODEL_CONTEXT_LENGTH 400, PF_MODEL_CONTENT_FILTER 400,
PF_MODEL_REQUEST_INVALID 500, PF_MODEL_RESPONSE_INVALID 502, PF_MODEL_INTERRUPTED 502
`

describe('the table of codes', () => {
  it('has every code that ever was, with its status', () => {
    const was = new Map(
      pinned
        .trim()
        .split(/,\s+/)
        .map((entry) => entry.split(' ') as [string, string]),
    )
    const is = new Map(Object.entries(errorCodes).map(([code, { status }]) => [code, String(status)]))
    expect(Object.fromEntries([...was.keys()].map((code) => [code, is.get(code)]))).toEqual(Object.fromEntries(was))
  })

  it('says what happened and what to do, in sentences', () => {
    for (const [code, { summary, remedy, status }] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^PF_[A-Z]+(_[A-Z]+)*$/)
      expect(summary).toMatch(/^[A-Z].*\.$/)
      expect(remedy).toMatch(/^[A-Z].*\.$/)
      expect(status).toBeGreaterThanOrEqual(400)
    }
  })
})
