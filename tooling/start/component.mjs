import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const steps = {
  bundle: 'bundling',
  component: 'making the component (some seconds; kept for the next time)',
  definition: 'asking it what it is',
}

/** Builds the example's entry for Spin, once for the same code, and serves it in the embedded host. */
export async function startComponent(example, data) {
  // As the example would: from what is installed and built for it.
  const require = createRequire(join(example, 'package.json'))
  const { buildComponent } = await import(pathToFileURL(require.resolve('@pf-agents/cli')).href)
  const host = createRequire(require.resolve('@pf-agents/cli/package.json')).resolve('@pf-agents/wasm-host')
  const { createWasmHost } = await import(pathToFileURL(host).href)

  // That of the workspace: its tests keep the engine there, which is most of the work.
  const cacheDir = join(import.meta.dirname, '../../node_modules/.cache/pf-agents')
  const output = join(example, 'dist/echo.wasm')
  const onStep = (step) => console.log(`  component: ${steps[step]} …`)
  const built = await buildComponent({ entry: join(example, 'main.spin.ts'), output, cacheDir, onStep })
  const seconds = Object.values(built.timings).reduce((sum, time) => sum + time, 0) / 1000
  console.log(
    `  component: ${(built.size / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s${built.cached ? ', from an earlier build' : ''}\n`,
  )

  const { url, close } = await createWasmHost({
    component: built.file,
    cacheDir: join(cacheDir, 'components'),
    dataDir: join(data, 'store'),
    stores: built.definition.needs.keyValue,
  })
  return { title: 'Component (main.spin.ts in the embedded host)', url, close }
}
