// What a text as long as a body can hold costs a component that checks it, and whether it is told what Node says.
import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startComponent, type StartedComponent } from '../src/node'
import { schemas } from './apps/schemas'

const long = (unit: string): string =>
  unit.repeat(Math.floor(900_000 / Buffer.byteLength(JSON.stringify(unit).slice(1, -1))))

const texts: [skill: string, text: string][] = [
  ['at most 10', long('x')],
  ['at most 10', long('é')],
  ['at most 10', long('😀')],
  ['at most 10, in many ways', long('x')],
  ['at most 10, in many ways', long('😀')],
  ['at most 600,000', long('x')],
  ['at most 600,000', `${long('x')}😀`],
  ['at most 2,000,000', long('x')],
  ['at most 2,000,000', long('😀')],
  ['at least 600,000', long('x')],
  ['at least 600,000', long('😀')],
  ['at most 10 letters', long('x')],
  ['date', long('2024-02-29')],
  ['time', `12:00:00.${long('1')}Z`],
  ['time', `12:00:00.${long('1')}`],
  ['date-time', long('t')],
  ['date-time', `2024-02-29T12:00:00.${long('1')}Z`],
  ['duration', `P${long('1')}`],
  ['duration', `P${long('1')}Y`],
  ['uri', `x:${long('a')} `],
  ['uri', `http://${long('a:')} `],
  ['uri', `http://${long('%41')}`],
  ['uri', `http://${long('%41')}@ `],
  ['uri', `http://[${long(']')}`],
  ['uri-reference', long('a/')],
  ['uri-template', long('a')],
  ['uri-template', long('{a}')],
  ['uri-template', `{a${long(',a')}}`],
  ['uri-template', `{a${long('.a')}`],
  ['uri-template', `{a${long('.a:1,a*,b')}}`],
  ['uri-template', long('a{a,b}')],
  ['uri-template', long('{aa')],
  ['url', `http://${long('a')}`],
  ['email', long('a.')],
  ['email', `"${long('a')}"@b`],
  ['email', `"${long('\\"')}`],
  ['hostname', long('a.')],
  ['ipv4', long('1.')],
  ['ipv6', long(':')],
  ['ipv6', long('1:')],
  ['regex', long('a')],
  ['regex', long('(')],
  ['regex', '('.repeat(400_000) + ')'.repeat(400_000)],
  ['regex', long('(a|')],
  ['regex', long('(?<a>')],
  ['regex', '('.repeat(5_000) + ')'.repeat(5_000)],
  ['uuid', long('a')],
  ['json-pointer', long('/')],
  ['json-pointer', `${long('/')}~`],
  ['json-pointer', long('/~0')],
  ['relative-json-pointer', `0${long('/')}`],
  ['relative-json-pointer', long('1')],
]

/** Milliseconds of processor time that no request may take; a worker is ended after 2,000 without a pause. */
const limit = 1_000

const onNode = createApp(schemas, [a2aServer()])
let component: StartedComponent
beforeAll(async () => {
  component = await startComponent(new URL('./apps/schemas.spin.ts', import.meta.url).pathname, { workers: 1 })
  // The first request of all warms the engine up.
  await ask(component.fetch, 'uuid', '')
}, 180_000)
afterAll(async () => {
  await component?.close()
  await onNode.close()
})

interface Said {
  parts: { text?: string }[]
}

/** The words that a text is answered with. */
async function ask(
  fetch: (path: string, init: RequestInit) => Promise<Response>,
  skill: string,
  text: unknown,
): Promise<unknown> {
  const message = {
    messageId: 'm',
    role: 'ROLE_USER',
    parts: [{ data: { text } }],
    metadata: { 'urn:pf-agents:a2a:skill:v1': skill },
  }
  const response = await fetch('/message:send', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'a2a-version': '1.0' },
    body: JSON.stringify({ message, configuration: { historyLength: 0 } }),
  })
  expect(response.status).toBe(200)
  const { task, message: answer } = (await response.json()) as { task?: { status: { message: Said } }; message?: Said }
  return (task?.status.message ?? answer)?.parts[0]?.text
}

it.each(texts.map(([skill, text]) => [skill, `${text.slice(0, 8)}…${text.slice(-3)}`, text] as const))(
  '%s: %s',
  { timeout: 60_000 },
  async (skill, _, text) => {
    const expected = await ask(
      async (path, init) => onNode.fetch(new Request(`http://h.example${path}`, init)),
      skill,
      text,
    )
    const { answer, ms } = await costOf(skill, text)
    expect(answer).toBe(expected)
    expect(ms).toBeLessThan(limit)
  },
)

/** Milliseconds of processor time that a request to the component took: the least of some, as the process does more than that. */
async function costOf(skill: string, value: unknown): Promise<{ answer: unknown; ms: number }> {
  let [answer, ms] = [undefined as unknown, Infinity]
  for (let again = 0; again < 3 && ms > limit; again++) {
    const before = process.cpuUsage()
    answer = await ask(component.fetch, skill, value)
    const { user, system } = process.cpuUsage(before)
    ms = (user + system) / 1000
  }
  return { answer, ms }
}

it('what is distinct at all levels is looked through once', { timeout: 60_000 }, async () => {
  const leaves = Array.from({ length: 9_900 }, (_, index) => [`leaf ${index}`])
  const nested = (levels: number): unknown => (levels === 0 ? leaves : [nested(levels - 1)])
  const { answer, ms } = await costOf('distinct at all levels', nested(40))
  expect(answer).toBe('It fits.')
  expect(ms).toBeLessThan(limit)
})

it('what takes too long for a component is refused there', { timeout: 60_000 }, async () => {
  const items = Array.from({ length: 6_000 }, () => ({ kind: 'kind 19', text: '' }))
  const few = await costOf('one of 20 kinds each', items.slice(0, 600))
  expect(few.answer).toBe('It fits.')
  // How long that is depends on the machine; that it is before a worker is ended, the last test looks at.
  const answer = await ask(component.fetch, 'one of 20 kinds each', items)
  expect(answer).toBe('one of 20 kinds each needs its input: input: The value takes too long to check.')
})

it('none of them ended its instance', () => {
  expect(component.host.stats()).toMatchObject({ traps: 0, timeouts: 0, killedWorkers: 0 })
})
