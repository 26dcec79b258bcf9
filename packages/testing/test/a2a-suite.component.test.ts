// The cases every A2A server of ours has to pass, against the real component: built by `pf build`, served by the
// embedded host, over real HTTP.
import { afterAll, beforeAll, describe, it } from 'vitest'
import { verifies } from '../../a2a-server/src/conformance/verifies'
import type { SuiteName } from '../../a2a-server/src/suite/app'
import { suites } from '../../a2a-server/src/suite/suites'
import { startComponent, type StartedComponent } from '../src/node'

const app = (name: string) => new URL(`./apps/${name}`, import.meta.url).pathname

describe.each(Object.keys(suites) as SuiteName[])('the suite "%s" inside a component for Spin', (name) => {
  let component: StartedComponent
  beforeAll(async () => {
    component = await startComponent(app(`suite-${name}.spin.ts`))
  }, 120_000)
  afterAll(() => component?.close())

  for (const { name: title, requirements, run } of suites[name]) {
    it(`${title} ${verifies(...requirements)}`, () => run(fetch, component.url))
  }
})

describe('the suite "open" inside a component without stored state', () => {
  let component: StartedComponent
  beforeAll(async () => {
    component = await startComponent(app('suite-open.stateless.ts'), { world: 'wasi-http' })
  }, 120_000)
  afterAll(() => component?.close())

  for (const { name: title, requirements, run } of suites.open.filter(({ stored }) => !stored)) {
    it(`${title} ${verifies(...requirements)}`, () => run(fetch, component.url))
  }
})
