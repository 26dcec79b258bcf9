// Last step of a package's build: writes the declarations of its entries with the native compiler,
// and the modules that stand in for entries on the target they do not work on.
// Types are judged by `pnpm check`; here they are only written out.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { entriesByKind } from './entries.mjs'
import { completeSpecifiers } from './specifiers.mjs'
import { writeUnavailable } from './unavailable.mjs'

const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript7/package.json')), 'bin/tsc')
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const { neutral, nodeOnly } = entriesByKind(manifest)

function emit(config, names) {
  if (names.length === 0) return
  const project = resolve('node_modules/.pf', `declarations.${config}.json`)
  mkdirSync(dirname(project), { recursive: true })
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    emitDeclarationOnly: true,
    rootDir: resolve('src'),
    outDir: resolve('dist'),
  }
  const files = names.map((name) => resolve('src', `${name}.ts`))
  writeFileSync(
    project,
    JSON.stringify({ extends: join(import.meta.dirname, `../tsconfig/${config}.json`), compilerOptions, files }),
  )
  execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' })
}

// Neutral entries last: a file both kinds reach is written as seen without Node types.
emit('node', nodeOnly)
emit('neutral', neutral)
completeSpecifiers('dist')
await writeUnavailable(manifest, 'dist')
