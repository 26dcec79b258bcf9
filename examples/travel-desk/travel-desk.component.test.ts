import { afterAll, beforeAll, describe } from 'vitest'
import { startComponent, type StartedComponent } from '@pf-agents/testing/node'
import { travelDesk } from './scenario'

describe('the travel desk as a component', () => {
  let app: StartedComponent
  beforeAll(async () => {
    app = await startComponent(new URL('main.spin.ts', import.meta.url).pathname)
  }, 120_000)
  afterAll(() => app?.close())
  travelDesk(() => app.url)
})
