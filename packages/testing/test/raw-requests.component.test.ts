import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComponent, type StartedComponent } from '../src/node'
import { rawRequestCases } from './raw-requests'

describe('raw requests to a component', () => {
  let component: StartedComponent
  beforeAll(async () => {
    component = await startComponent(new URL('./apps/suite-open.spin.ts', import.meta.url).pathname)
  }, 120_000)
  afterAll(() => component?.close())

  rawRequestCases(() => component.url)

  it('none of them made a guest trap', () => {
    expect(component.host.stats()).toMatchObject({ traps: 0, killedWorkers: 0, timeouts: 0 })
  })
})
