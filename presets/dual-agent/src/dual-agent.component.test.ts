// Targets, layer 3: what is for Node alone does not become a component, and the build says why.
import { join } from 'node:path'
import { bundleComponent } from '@pf-agents/cli'
import { expect, it } from 'vitest'
import { scratch } from '../../../tooling/scratch/scratch'

it.each(['agui', 'dual', 'pf'])(
  '%s-agent is refused by the build of a component, with reason and alternative',
  async (name) => {
    const folder = scratch({
      'agent.ts': `import { defineAgent } from '@pf-agents/agent-core'
export default defineAgent({ name: 'a', description: 'd', version: '1', onMessage: () => 'x' })`,
      'main.spin.ts': `import { ${name}Agent } from '@pf-agents/${name}-agent'\nimport agent from './agent'\nexport default ${name}Agent(agent)`,
    })
    await expect(bundleComponent({ entry: join(folder, 'main.spin.ts'), world: 'spin' })).rejects.toThrow(
      `✗ @pf-agents/${name}-agent does not work on wasm (only on node): it streams, and works in the background. Instead, use spinAgent() from @pf-agents/spin-agent, which speaks A2A.`,
    )
  },
)
