import { afterAll, beforeAll, describe, it } from 'vitest'
import { type RunningServer, serve } from '@pf-agents/app/node'
import { verifies } from './conformance/verifies'
import { createSuiteApp, type SuiteName } from './suite/app'
import { suites } from './suite/suites'

const quiet = { log: () => {} }

describe.each(Object.keys(suites) as SuiteName[])('the suite "%s" over HTTP on Node', (name) => {
  let server: RunningServer
  beforeAll(async () => {
    server = await serve(createSuiteApp(name, [], { logger: quiet }), { port: 0 })
  })
  afterAll(() => server.close())

  for (const { name: title, requirements, run } of suites[name]) {
    it(`${title} ${verifies(...requirements)}`, () => run(fetch, server.url))
  }
})
