import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests run on the sources: `@pf-agents/x/y` is `packages/x/src/y.ts`, or the preset of that name. */
const sources = {
  name: 'workspace-sources',
  enforce: 'pre' as const,
  resolveId(id: string) {
    const match = /^@pf-agents\/([^/]+)(?:\/([^/]+))?$/.exec(id)
    if (!match) return null
    const [, name, entry = 'index'] = match
    for (const group of ['packages', 'presets']) {
      const file = join(import.meta.dirname, group, name as string, 'src', `${entry}.ts`)
      if (existsSync(file)) return file
    }
    return null
  },
}

export default defineConfig({
  plugins: [sources],
  test: {
    include: ['packages/*/src/**/*.test.ts', 'presets/*/src/**/*.test.ts', 'examples/*/**/*.test.ts', 'tooling/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
