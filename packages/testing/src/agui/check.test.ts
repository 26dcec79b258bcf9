import { HttpAgent } from '@ag-ui/client'
import { HttpAgent as HttpAgent057 } from '@ag-ui/client-0.0.57'
import { describe, expect, it } from 'vitest'
import { change, hushed, started, without } from '../../test/agui-faults'
import type { Misbehaviour } from '../../test/agui-server'
import { checkAguiServer, registerAguiCases } from './check'
import { formatAguiReport } from './report'

describe('a server that does it right', () => {
  for (const [name, Agent] of [
    ['1.0.0', HttpAgent],
    ['0.0.57', HttpAgent057],
  ] as const)
    it(`passes every scenario, with client ${name}`, async () => {
      const isOld = name === '0.0.57'
      const report = await checkAguiServer({
        // An old client has to be told of pending calls as it understands them.
        ...(await started(
          isOld
            ? {
                events: change('RUN_FINISHED', (event) => [
                  event.outcome.pendingToolCallIds ? { ...event, outcome: { type: 'success' } } : event,
                ]),
              }
            : {},
        )),
        clients: [{ name, HttpAgent: Agent }],
      })
      expect(report.ok, `${formatAguiReport(report)}`).toBe(true)
      expect(report.skipped).toBe(0)
      expect(report.results.flatMap(({ warnings }) => warnings)).toEqual([])
    })

  it('passes with the client that is installed', async () => {
    const report = await checkAguiServer({ ...(await started()), scenarios: { text: { content: 'Hi' } } })
    expect(report).toMatchObject({ ok: true, passed: 2, failed: 0, skipped: 14 })
    expect(formatAguiReport(report)).toContain('passed   text (client installed)')
  })
})

describe('is found wrong', () => {
  it('http: requests that are wrong, and are answered as if they were right, by other words or not at all', async () => {
    const always = (status: number, type: string, text: string): Misbehaviour => ({
      answer: (_request, response) => Boolean(response.writeHead(status, { 'content-type': type }).end(text)),
    })
    const check = async (misbehaviour: Misbehaviour) => {
      const report = await checkAguiServer({ ...(await started(misbehaviour)), scenarios: {} })
      return report.results.flatMap(({ problems }) => problems.map(({ message }) => message))
    }
    expect(await check(always(200, 'text/event-stream', ''))).toHaveLength(7)
    expect((await check(always(400, 'text/html', '<h1>')))[0]).toContain('not application/json')
    expect((await check(always(400, 'application/json', 'null')))[0]).toContain('no JSON object')
    const gone = await check({ answer: (request) => Boolean(request.socket.destroy()) })
    expect(gone[0]).toContain('there was no answer')
  })

  it('fields that the protocol does not have are a warning', async () => {
    hushed()
    const report = await checkAguiServer({
      ...(await started({ events: change('RUN_STARTED', (event) => [{ ...event, extra: 1 }]) })),
      scenarios: { text: {} },
    })
    expect(report.ok).toBe(true)
    expect(report.results[0]?.warnings).toEqual([
      'run 0, event 0: RUN_STARTED has fields that clients leave out: extra',
    ])
  })
})

describe('scenarios', () => {
  it('of what an agent says that it can not are skipped', async () => {
    const server = await started({
      answer(request, response) {
        if (request.url !== '/capabilities') return false
        response.end(
          JSON.stringify({
            tools: { supported: false, clientProvided: false },
            state: { snapshots: false, deltas: false },
            reasoning: { supported: false },
            humanInTheLoop: { interrupts: false },
          }),
        )
        return true
      },
    })
    const report = await checkAguiServer({ ...server, capabilities: `${server.url}capabilities` })
    expect(report.results.filter(({ status }) => status === 'skipped').map(({ scenario }) => scenario)).toEqual([
      'tools',
      'frontend-tool',
      'state',
      'reasoning',
      'interrupt',
      'interrupt-cancelled',
      'multi-interrupt',
    ])
    await expect(checkAguiServer({ ...server, capabilities: `${server.url}nothing` })).rejects.toThrow(
      'answers with 405',
    )
  })

  it('are tests of a framework each, that fail and skip with the reason', async () => {
    const told: string[] = []
    const runs: (() => Promise<void>)[] = []
    registerAguiCases(
      (name, run) => void runs.push(() => run({ skip: (reason) => void told.push(`${name}: ${reason}`) })),
      { url: async () => (await started({ events: without('RUN_FINISHED') })).url, scenarios: { text: {} } },
    )
    const ends = await Promise.allSettled(runs.map((run) => run()))
    expect(ends.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { name: 'CaseFailure', message: /^text \(client installed\)\n {2}terminal \(run 0\): / } },
    ])
    expect(told).toContain('tools (client installed): nothing says how to ask for it')
  })
})
