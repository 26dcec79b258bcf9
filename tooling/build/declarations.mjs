// Emits the declarations of the package in the current directory with the native compiler.
// Types are judged by `pnpm check`; here they are only written out.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript7/package.json')), 'bin/tsc')
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--noCheck', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', 'dist', '--rootDir', 'src'], { stdio: 'inherit' })
