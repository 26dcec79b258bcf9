import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { makeDirectory } from '@pf-agents/wasm-host'
import {
  buildComponent,
  type BuildComponentOptions,
  type BuildStep,
  type BuiltComponent,
} from '../build/build-component'
import { type Bundle, bundleComponent } from '../build/bundle'
import { type World, worldNames, worlds } from '../build/worlds'
import { type Command, type CommandInput, UsageError } from '../command-line/command'
import { sizeText } from '../command-line/size-text'
import type { Terminal } from '../command-line/terminal'
import { parseSignKey, readSignKeys } from '../sign/sign-key'

const stepTitles: Readonly<Record<BuildStep, string>> = {
  bundle: 'Bundling',
  component: 'Making the component',
  definition: 'Asking it what it is',
  signature: 'Signing its card',
}

/** `pf build`. */
export const buildCommand: Command = {
  name: 'build',
  summary: 'Build an agent or an app into one WebAssembly component.',
  usage: '--target wasm ENTRY [options]',
  description: [
    'ENTRY is a file whose default export is an app (createApp, a preset) or an agent (defineAgent). An agent gets the',
    'A2A server, and storage where the world has it. Beside the component come its source map and spin.toml, made from',
    'what the agent needs.',
    '',
    '--sign-key signs the card of each agent, whose publicUrl must be set. Behind the file may stand ,kid=NAME (default:',
    'that of the JWK, or the thumbprint), ,alg=ALGORITHM and ,jku=URL. To change keys, sign with the old and the new one.',
    '',
    'Worlds:',
    ...Object.entries(worlds).map(([name, { hosts }]) => `  ${name.padEnd(10)} ${hosts}`),
  ].join('\n'),
  options: {
    target: { type: 'string', value: 'TARGET', description: 'wasm, the only target that needs a build. Default wasm.' },
    out: { type: 'string', short: 'o', value: 'FILE', description: 'The component. Default dist/ENTRY.wasm.' },
    world: { type: 'string', value: 'WORLD', description: `Kind of host: ${worldNames.join(', ')}. Default spin.` },
    condition: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      description: 'An export condition to resolve packages by, beside pf-wasm.',
    },
    'sign-key': {
      type: 'string',
      value: 'FILE[,kid=NAME]',
      multiple: true,
      description: 'Sign the agent card with this private key (JWK or PEM), which stays outside.',
    },
    'no-manifest': { type: 'boolean', description: 'Write no spin.toml.' },
    'no-cache': { type: 'boolean', description: 'Build even where the same code was built before.' },
    metafile: {
      type: 'string',
      value: 'FILE',
      description: "Write esbuild's metafile: which module takes how many bytes.",
    },
    'dry-run': { type: 'boolean', description: 'Bundle and check only; write nothing but the metafile.' },
    json: { type: 'boolean', description: 'Print what was built as JSON.' },
  },
  examples: [
    'pf build --target wasm agent.ts',
    'pf build --target wasm agent.ts -o dist/support.wasm --world wasi-http',
    'pf build --target wasm main.spin.ts --sign-key card-key.pem,kid=2026-11',
  ],
  async run({ positionals, values, terminal, signal }) {
    const entry = oneEntry(positionals)
    values.choice('target', ['wasm'])
    const world: World = values.choice('world', worldNames) ?? 'spin'
    const conditions = values.list('condition')
    const metafile = values.text('metafile')
    const signKeys = values.list('sign-key').map(parseSignKey)
    for (const { file } of signKeys)
      if (othersRead(file)) terminal.note(`! ${file} can be read by other users of this machine; chmod 600 ${file}`)
    if (values.flag('dry-run')) {
      await readSignKeys(signKeys)
      const bundle = await stepped(
        terminal,
        stepTitles.bundle,
        () => bundleComponent({ entry, world, conditions }),
        ({ code }) => sizeText(code.length),
      )
      await writeMetafile(metafile, bundle)
      for (const warning of bundle.warnings) terminal.note(`! ${warning}`)
      const imports = bundle.imports.length > 0 ? bundle.imports.join(', ') : 'nothing but wasi:http'
      terminal.out(`${entry} can become a component for ${world}; it would import ${imports}.`)
      terminal.note(
        'Its modules were not evaluated, which only a build does: random numbers, timers, performance.now() and fetch at module scope show there.',
      )
      return 0
    }
    const built = await build({ entry, world, conditions, signKeys }, { values, terminal, signal })
    await writeMetafile(metafile, built.bundle)
    const { bundle: _bundle, ...facts } = built
    for (const warning of built.warnings) terminal.note(`! ${warning}`)
    if (values.flag('json')) terminal.out(JSON.stringify(facts, null, 2))
    else report(built, terminal)
    return 0
  },
}

async function build(
  what: Pick<BuildComponentOptions, 'entry' | 'world' | 'conditions' | 'signKeys'>,
  { values, terminal, signal }: Pick<CommandInput, 'values' | 'terminal' | 'signal'>,
): Promise<BuiltComponent> {
  const output = values.text('out')
  let end: ((outcome: string | undefined) => void) | undefined
  try {
    const built = await buildComponent({
      ...what,
      ...(output !== undefined && { output }),
      ...(values.flag('no-cache') && { noCache: true }),
      ...(values.flag('no-manifest') && { manifest: false }),
      signal,
      onPrint: (line) => terminal.note(`  [agent] ${line}`),
      onWait: (what) => terminal.note(`  ${what}`),
      onStep(step) {
        end?.('done')
        end = terminal.step(stepTitles[step])
      },
    })
    end?.('done')
    return built
  } catch (error) {
    end?.(undefined)
    throw error
  }
}

function report(
  { file, size, world, bundleSize, cached, timings, manifestFile, keptManifest, mapFile, signedWith }: BuiltComponent,
  terminal: Terminal,
): void {
  const path = (absolute: string): string => relative(process.cwd(), absolute)
  const milliseconds = Object.values(timings).reduce((sum, time) => sum + time, 0)
  const from = cached ? 'from an earlier build of the same code' : `${sizeText(bundleSize)} of JavaScript`
  terminal.out(`${path(file)}  ${sizeText(size)}  world ${world}  ${(milliseconds / 1000).toFixed(1)} s  (${from})`)
  if (signedWith) terminal.out(`${path(file)}  card signed with ${signedWith.join(', ')}`)
  terminal.out(`${path(mapFile)}  source map`)
  if (manifestFile !== undefined) terminal.out(`${path(manifestFile)}  for spin up`)
  if (keptManifest !== undefined) terminal.note(`${path(keptManifest)} is your own and was left as it is.`)
}

async function writeMetafile(file: string | undefined, { metafile }: Bundle): Promise<void> {
  if (file === undefined) return
  makeDirectory(dirname(file), 'The directory of the metafile (--metafile)')
  await writeFile(file, JSON.stringify(metafile))
}

function othersRead(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0
}

/** Runs a step under the eyes of the terminal. */
export async function stepped<T>(
  terminal: Terminal,
  title: string,
  work: () => Promise<T>,
  outcome: (result: T) => string,
): Promise<T> {
  const end = terminal.step(title)
  try {
    const result = await work()
    end(outcome(result))
    return result
  } catch (error) {
    end(undefined)
    throw error
  }
}

/** @throws UsageError where there is not exactly one. */
export function oneEntry(positionals: readonly string[], what = 'entry file'): string {
  const [entry, ...more] = positionals
  if (entry === undefined) throw new UsageError(`Name the ${what}.`)
  if (more.length > 0) throw new UsageError(`Name one ${what}; "${more.join(' ')}" is too much.`)
  return entry
}
