import { serve } from '@pf-agents/app/node'
import { testSdkClient } from '../test/sdk-client'
import { createSuiteApp } from './suite/app'

testSdkClient('Node', (name) => serve(createSuiteApp(name, [], { logger: { log: () => {} } }), { port: 0 }))
