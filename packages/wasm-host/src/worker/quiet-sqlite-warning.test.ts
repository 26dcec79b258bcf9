import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'

it('takes only that warning out of what its thread prints', async () => {
  const file = new URL('./quiet-sqlite-warning.ts', import.meta.url).href
  const program = `import(${JSON.stringify(file)}).then(({ quietSqliteWarning }) => {
    quietSqliteWarning()
    process.getBuiltinModule('node:sqlite')
    process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning')
    process.emitWarning('SQLite files are large', 'DeprecationWarning', 'DEP1')
  })`
  const worker = new Worker(program, { eval: true, stderr: true, env: {}, execArgv: [] })
  const [printed] = await Promise.all([text(worker.stderr), once(worker, 'exit')])
  expect(printed.match(/^\(node:\d+\) .*/gm)?.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    '[DEP1] DeprecationWarning: SQLite files are large',
  ])
})
