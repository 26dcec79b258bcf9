import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from './scratch'

/** How many types the compiler makes for each of some programs of one file: the same on every machine. */
export function instantiations(programs: readonly string[]): number[] {
  return programs.map((text) => {
    const stdout = inProject({ 'program.ts': text }, ['--extendedDiagnostics'])
    const count = /^Instantiations:\s+(\d+)$/m.exec(stdout)?.[1]
    if (count === undefined || stdout.includes('program.ts(')) throw new Error(stdout)
    return Number(count)
  })
}

/**
 * Type-checks files against the sources of the workspace, as a user's project would: what the compiler says of each,
 * on one line.
 */
export function compile(files: Readonly<Record<string, string>>): Record<string, string> {
  const faults = inProject(files, []).split(/\n(?=\S)/)
  return Object.fromEntries(
    Object.keys(files).map((name) => [
      name,
      faults
        .filter((fault) => fault.startsWith(`${name}(`))
        .join(' ')
        .replaceAll(/\s+/g, ' '),
    ]),
  )
}

/** What the compiler prints. */
function inProject(files: Readonly<Record<string, string>>, options: readonly string[]): string {
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
    const run = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false', ...options], {
      cwd: folder,
      encoding: 'utf8',
    })
    return run.stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}
