import { afterAll, beforeAll, describe } from 'vitest'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { createSuiteApp } from '../../a2a-server/src/suite/app'
import { rawRequestCases } from './raw-requests'

describe('raw requests to Node', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await serve(createSuiteApp('open', [], { logger: { log: () => {} } }), { port: 0 })
  })
  afterAll(() => server?.close())

  rawRequestCases(() => server.url)
})
