import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from './scratch'

/**
 * Type-checks files against the sources of the workspace, as a user's project would: what the compiler says of each,
 * on one line.
 */
export function compile(files: Readonly<Record<string, string>>): Record<string, string> {
  mkdirSync(join(workspaceRoot, '.pf'), { recursive: true })
  // Below the root, so that packages are found.
  const folder = mkdtempSync(join(workspaceRoot, '.pf/compile-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const compilerOptions = { rootDir: workspaceRoot, noUnusedLocals: false }
    const include = ['*.ts', '../../packages/*/src/**/*.d.ts']
    const config = { extends: join(workspaceRoot, 'tsconfig.json'), compilerOptions, include }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(workspaceRoot, 'node_modules/typescript7/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    })
    const faults = stdout.split(/\n(?=\S)/)
    return Object.fromEntries(
      Object.keys(files).map((name) => [
        name,
        faults
          .filter((fault) => fault.startsWith(`${name}(`))
          .join(' ')
          .replaceAll(/\s+/g, ' '),
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
