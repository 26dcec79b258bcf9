// The minimal responder (a2a-server + llm-engine) inside the real component: its model is asked over the guest's own HTTP.
import { afterAll, beforeAll, describe } from 'vitest'
import { serveFake } from '../../llm-engine/test/serve-fake'
import { startComponent, type StartedComponent } from '../src/node'
import { responderCases, responderScript } from './responder-scenario'

describe('the minimal responder inside a component', () => {
  let provider: Awaited<ReturnType<typeof serveFake>>
  let component: StartedComponent
  beforeAll(async () => {
    provider = await serveFake(responderScript)
    component = await startComponent(new URL('./apps/responder.spin.ts', import.meta.url).pathname, {
      variables: { PROVIDER_PORT: new URL(provider.url).port },
      outbound: ['http://127.0.0.1:*'],
    })
  }, 120_000)
  afterAll(async () => {
    await component?.close()
    await provider?.close()
  })

  responderCases(
    () => component.url,
    () => provider.requests.length,
  )
})
