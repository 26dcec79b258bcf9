// The kit that checks AG-UI servers, on ours: every scenario, with three versions of the client.
import { HttpAgent as Client100 } from '@ag-ui/client'
import { HttpAgent as Client057 } from '@ag-ui/client-0.0.57'
import { HttpAgent as Client059 } from '@ag-ui/client-0.0.59'
import { aguiStream } from '@pf-agents/agui-stream'
import { createApp } from '@pf-agents/app'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { eventStream } from '@pf-agents/event-stream'
import { checkAguiServer, formatAguiReport, registerAguiCases } from '@pf-agents/testing/agui'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import agent from './agui-agent'

const clients = [
  { name: '1.0.0', HttpAgent: Client100 },
  { name: '0.0.59', HttpAgent: Client059 },
  { name: '0.0.57', HttpAgent: Client057 },
]
let server: RunningServer

beforeAll(async () => {
  process.env['SUT_SLOW_MS'] = '100'
  const app = createApp(agent, [eventStream(), aguiStream({ graceMs: 50 })], { logger: { log: () => {} } })
  server = await serve(app, { port: 0 })
})
afterAll(() => server.close())

describe('our server', () => {
  registerAguiCases(it, { url: () => `${server.url}/agui`, clients })

  it('ends a run that is stopped at the place for it', async () => {
    const url = `${server.url}/agui`
    const report = await checkAguiServer({
      url,
      clients: clients.slice(0, 2),
      capabilities: `${url}/capabilities`,
      scenarios: {
        text: { forwardedProps: { scenario: 'text' } },
        cancel: { forwardedProps: { scenario: 'cancel' } },
        tools: false,
      },
      cancelUrl: ({ threadId, runId }) => `${url}/threads/${threadId}/runs/${runId}/cancel`,
    })
    expect(report.ok, `${formatAguiReport(report)}`).toBe(true)
    const [first, second] = report.results.filter(({ scenario }) => scenario === 'cancel')
    expect(first?.runs[0]?.events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'cancelled' } })
    expect(second?.runs[0]?.events.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'cancelled' })
    expect(report.results.find(({ scenario }) => scenario === 'tools')).toMatchObject({
      status: 'skipped',
      reason: 'left out',
    })
  })
})
