// The entry of `npm start`, `npm test`, `npm run bench` and `npm run sut`.
// Runs on the Node and npm of a bare machine (Node 20 is enough), sets the workspace up when it is not
// yet, or no longer, set up, and then runs the real script with the Node the workspace brings along.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install, installedNode, isInstalled } from './install.mjs'
import { onOrphaned } from './orphan.mjs'
import { handOver } from './process.mjs'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..')

const scripts = {
  start: ['tooling/start/run.mjs'],
  test: ['tooling/test/run.mjs'],
  'test-full': ['tooling/test/run.mjs', '--full'],
  bench: ['benchmarks/run.mjs'],
  sut: ['tooling/sut/run.mjs'],
}

const [command, ...args] = process.argv.slice(2)
const script = scripts[command ?? '']
if (!script) {
  console.error(`Unknown command ${command ?? '(none)'}. Known: ${Object.keys(scripts).join(', ')}.`)
  process.exit(2)
}

const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    `Node ${process.versions.node} is too old to set this workspace up. Install Node 20 or newer and run the command again.`,
  )
  process.exit(2)
}

// Whatever is under way then ends as if it had been asked to.
onOrphaned(() => process.kill(process.pid, 'SIGTERM'))

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const started = Date.now()
let didWork = false
try {
  if (!isInstalled(root)) {
    didWork = true
    await install(root, packageManager)
  }
  didWork = (await build(root, packageManager)) || didWork
} catch (error) {
  if (!error.isSetupError) throw error
  console.error(`\n${error.message}`)
  process.exit(1)
}
if (didWork) console.log(`Set up in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`)

handOver(installedNode(root), [join(root, script[0]), ...script.slice(1), ...args], root)
