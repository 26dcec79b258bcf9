import { describe, expect, it } from 'vitest'
import { agoText, costText, durationText } from '../../page/parts/figures'
import { problemOf } from '../../page/session/problem'
import { headersOf, headersProblem, jsonProblem, noOptions, runParameters } from '../../page/session/run-options'

it.each([
  [0, '0 ms'],
  [-3, '0 ms'],
  [999, '999 ms'],
  [1500, '1.5 s'],
  [61_000, '1 min 1 s'],
  [7_200_000, '2.0 h'],
])('%i ms are %s', (ms, text) => expect(durationText(ms)).toBe(text))

it.each([
  [0, '$0'],
  [0.0042, '$0.0042'],
  [0.000_012_3, '$0.000012'],
  [1.239, '$1.24'],
])('%d dollars are %s', (usd, text) => expect(costText(usd)).toBe(text))

it('says how long ago something was', () => {
  const then = '2027-01-01T00:00:00.000Z'
  const after = (ms: number) => agoText(then, Date.parse(then) + ms)
  expect([after(0), after(30_000), after(120_000), after(7_200_000)]).toEqual([
    'just now',
    '30 s ago',
    '2 min ago',
    '2 h ago',
  ])
})

describe('a problem', () => {
  const refused = (status: number, code: string) =>
    Object.assign(new Error(), { status, payload: { error: { code, message: 'Said.' } } })

  it('is told as the server told it', () => {
    expect(problemOf(refused(422, 'PF_INTERRUPT_MISFIT'), 'retry')).toEqual({
      title: 'The answer does not fit',
      detail: 'Said.',
      code: 'PF_INTERRUPT_MISFIT',
      action: 'retry',
    })
    expect(problemOf(refused(401, 'PF_UNAUTHENTICATED'))).toMatchObject({ action: 'authorize' })
  })

  it('says what to add where there is no AG-UI', () => {
    expect(problemOf(refused(404, 'PF_METHOD_UNKNOWN')).detail).toContain('aguiStream()')
  })

  it('says so where nobody answered, or with no words', () => {
    expect(problemOf(new TypeError('Failed to fetch'), 'join')).toEqual({
      title: 'The agent can not be reached',
      detail: 'Failed to fetch',
      action: 'join',
    })
    expect(problemOf({ status: 500, payload: '<html>' }).detail).toBe('The server answered with status 500.')
  })
})

describe('settings of runs', () => {
  it('are values where there are texts', () => {
    expect(runParameters(noOptions)).toEqual({})
    expect(runParameters({ ...noOptions, forwardedProps: '{"scenario":"text"}', tools: '[]' })).toEqual({
      forwardedProps: { scenario: 'text' },
      tools: [],
    })
  })

  it('say what is wrong with them', () => {
    expect([jsonProblem(''), jsonProblem(' '), jsonProblem('0'), jsonProblem('[]', 'list')]).toEqual(
      Array(4).fill(undefined),
    )
    expect(jsonProblem('{')).toMatch(/^This is no JSON/)
    expect(jsonProblem('{}', 'list')).toMatch(/list/)
    expect([headersProblem(''), headersProblem('Authorization: Bearer x\n\nX-Key:1')]).toEqual([undefined, undefined])
    for (const wrong of ['Bearer x', ': x', 'a b: c', 'x: ü', 'ok: 1\nnot']) expect(headersProblem(wrong)).toBeDefined()
  })

  it('have headers, one in a line', () => {
    expect(headersOf('Authorization: Bearer a:b\n\n X-Key :1')).toEqual({ authorization: 'Bearer a:b', 'x-key': '1' })
  })
})
