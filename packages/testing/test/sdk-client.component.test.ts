// The independent client against the real component, with the cases it has to pass on Node.
import { testSdkClient } from '../../a2a-server/test/sdk-client'
import { startComponent } from '../src/node'

testSdkClient('a component', (name) =>
  startComponent(new URL(`./apps/suite-${name}.spin.ts`, import.meta.url).pathname, { workers: 1 }),
)
