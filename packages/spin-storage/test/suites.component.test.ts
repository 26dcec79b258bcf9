// The conformance suites inside the real component: this package's drivers over the host's wasi:keyvalue, and the memory
// drivers of agent-core.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startComponent, type StartedComponent } from '@pf-agents/testing/node'
import { afterAll, beforeAll, expect, test } from 'vitest'

let component: StartedComponent

beforeAll(async () => {
  const packages = join(import.meta.dirname, '../..')
  component = await startComponent(join(import.meta.dirname, 'apps/suites.spin.ts'), {
    workers: 2,
    // The case of a big task holds several copies of it to compare.
    memoryMb: 192,
    // Not what is tested here: a busy machine takes its time.
    timeoutMs: 300_000,
    busyLimitMs: 300_000,
    plugins: [
      {
        // The packages of the workspace by their sources: nothing needs to be built, and there is one copy of each.
        name: 'workspace-sources',
        setup(build) {
          build.onResolve({ filter: /^@pf-agents\/[^/]+(\/[^/]+)?$/ }, ({ path }) => {
            const [, name = '', entry = 'index'] = path.split('/')
            const file = join(packages, name, 'src', `${entry}.ts`)
            return existsSync(file) ? { path: file } : undefined
          })
        },
      },
    ],
  })
}, 300_000)
afterAll(() => component?.close())

test('every case passes in the component', { timeout: 600_000 }, async () => {
  const suites = (await (await component.fetch('/cases')).json()) as [string, string[]][]
  expect(suites.map(([suite, names]) => [suite, names.length > 5])).toEqual([
    ['bucket-run-store', true],
    ['bucket-key-value', true],
    ['bucket-conversation', true],
    ['memory-run-store', true],
    ['memory-key-value', true],
    ['memory-conversation', true],
    ['memory-outbox', true],
  ])
  const batch = 8
  const waiting = suites.flatMap(([suite, names]) =>
    Array.from({ length: Math.ceil(names.length / batch) }, (_, index) => `/cases/${suite}/${index * batch}/${batch}`),
  )
  const failed: string[] = []
  let passed = 0
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const response = await component.fetch(path, { method: 'POST' })
      const text = await response.text()
      if (response.status !== 200) failed.push(`${path}: ${text}`)
      else {
        const outcome = JSON.parse(text) as { passed: number; failed: string[] }
        passed += outcome.passed
        failed.push(...outcome.failed.map((one) => `${path}: ${one}`))
      }
    }
  }
  await Promise.all([work(), work()])
  expect(failed).toEqual([])
  expect(passed).toBe(suites.flatMap(([, names]) => names).length)
})
