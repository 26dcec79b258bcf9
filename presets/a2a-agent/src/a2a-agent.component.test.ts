// Targets, layer 3: what is for Node alone does not become a component, and the build says why.
import { join } from 'node:path'
import { bundleComponent } from '@pf-agents/cli'
import { expect, it } from 'vitest'
import { scratch } from '../../../tooling/scratch/scratch'

const agent = `import { defineAgent } from '@pf-agents/agent-core'
export default defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => 'x' })`

it('is refused by the build of a component, with the way to it, the reason and the alternative', async () => {
  const folder = scratch({
    'agent.ts': agent,
    'app.ts': `import { a2aAgent } from '@pf-agents/a2a-agent'\nimport agent from './agent'\nexport const app = a2aAgent(agent)`,
    'main.spin.ts': `import { app } from './app'\nexport default app`,
  })
  const built = bundleComponent({ entry: join(folder, 'main.spin.ts'), world: 'spin' })
  await expect(built).rejects.toMatchObject({
    code: 'PF_BUILD_FAILED',
    message: expect.stringContaining(
      '✗ @pf-agents/a2a-agent does not work on wasm (only on node): it streams, and works in the background. Instead, use spinAgent() from @pf-agents/spin-agent.',
    ),
  })
  await expect(built).rejects.toThrow(/main\.spin\.ts\n {4}→ \S*app\.ts\n {6}→ imports "@pf-agents\/a2a-agent"/)
})
