import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError, run } from './process.mjs'

const stampFile = 'node_modules/.pf-bootstrap'
const onWindows = process.platform === 'win32'

/** Path of the Node the workspace installs for itself. */
export function installedNode(root) {
  return join(root, 'node_modules/node/bin', onWindows ? 'node.exe' : 'node')
}

/** Every manifest of the workspace: the fixed folders of pnpm-workspace.yaml. */
function manifests(root) {
  const groups = ['packages', 'presets', 'examples', 'tooling'].flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
  )
  return ['.', 'benchmarks', ...groups]
    .map((dir) => join(dir, 'package.json'))

    .filter((file) => existsSync(join(root, file)))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

/** Changes whenever an install could have a different result. */
export function installStamp(root) {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests(root)]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.update(`${process.platform} ${process.arch}`).digest('hex')
}

export function isInstalled(root) {
  try {
    return readFileSync(join(root, stampFile), 'utf8') === installStamp(root) && statSync(installedNode(root)).isFile()
  } catch {
    return false
  }
}

const networkFailure =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|UND_ERR_CONNECT|META_FETCH_FAIL|FETCH_\d{3}|error sending request|dns error/i
const lockfileFailure = /OUTDATED_LOCKFILE|frozen-lockfile|LOCKFILE_CONFIG_MISMATCH/i

/** Says why an install failed in words a person can act on. */
export function installFailure(output) {
  if (networkFailure.test(output)) {
    return [
      'The package registry could not be reached, so the dependencies are not installed.',
      'Check the network and the registry (`npm config get registry`, proxy settings), then run the same command again: it goes on where it stopped.',
    ].join('\n')
  }
  if (lockfileFailure.test(output)) {
    return 'pnpm-lock.yaml does not match the package.json files. Run `pnpm install` once, commit pnpm-lock.yaml, and run the command again.'
  }
  return 'The dependencies could not be installed; the output above says why.'
}

/** Installs pnpm (for this command only), Node and all dependencies as the lockfile names them. */
export async function install(root, packageManager) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const first = !existsSync(join(root, 'node_modules'))
  console.log(
    first
      ? [
          'First run: setting up this workspace. Nothing is installed outside of this folder and the npm and pnpm caches.',
          `  ${packageManager}  the package manager the lockfile was made with`,
          `  node@${devDependencies.node}  the Node the scripts run on (yours is ${process.versions.node}), as a package in node_modules`,
          '  the dependencies named in pnpm-lock.yaml: compiler, bundler, test runner, component toolchain',
        ].join('\n')
      : 'Dependencies have changed since the last run: installing what the lockfile names.',
  )
  // `node-version`: packages are for the Node that is being installed, not for the one that installs it.
  const options = ['--frozen-lockfile', '--reporter=append-only', `--config.node-version=${devDependencies.node}`]
  const args = ['-y', packageManager, 'install', ...options]
  // CI=1: without a terminal pnpm must never stop to ask.
  const env = { ...process.env, CI: '1', npm_config_update_notifier: 'false' }
  const { code, output } = await run('npx', args, { cwd: root, env }).catch((error) => {
    throw new SetupError(
      `npx could not be started (${error.message}). It comes with npm: install Node with npm and run the command again.`,
    )
  })
  if (code !== 0) throw new SetupError(installFailure(output))
  if (!existsSync(installedNode(root))) {
    throw new SetupError(
      `The install ended well but ${installedNode(root)} is missing. Delete node_modules and run the command again.`,
    )
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, stampFile), installStamp(root))
}
