import { it } from 'vitest'
import { startComponent } from '@pf-agents/testing/node'
import { echoes } from './scenario'

it('echoes as a component', { timeout: 120_000 }, async () => {
  await using app = await startComponent(new URL('main.spin.ts', import.meta.url).pathname)
  await echoes(app.url)
})
