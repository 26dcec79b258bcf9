import { join, relative } from 'node:path'
import type { Metafile, Plugin } from 'esbuild'
import { type Target, unsupportedSentence } from '@pf-agents/agent-core'
import { builtinAbsence, builtinName } from './builtins'
import { importerChain, readablePath } from './importer-chain'
import { PackageFinder, splitSpecifier } from './package-targets'

/** Something in the graph that does not work on the target. */
export interface Violation {
  /** The package or builtin, such as `@pf-agents/redis-storage` or `node:fs`. */
  feature: string
  /** One sentence: the feature, the target, why not, and what to use instead. */
  sentence: string
  /** From the entry to the file with the import or the use. */
  chain: string[]
  /** What that file imports, or the global it uses. */
  specifier: string
  /** Where it uses a global that the target does not have: file, line and column. Absent for an import. */
  usedAt?: string
}

interface Suspect {
  feature: string
  sentence: string
  /** Absolute path of the file with the import. */
  importer: string
  specifier: string
  /** Counts only where the importing module is in the output: third-party code that is shaken away does no harm. */
  whenUsed: boolean
}

/** Imports of the other target's host: what only a component has. */
const hostImport = /^(?:wasi|pf|pf-host):/

/** Options of {@link TargetGuard}. */
export interface TargetGuardOptions {
  /** Where a package's manifest lies that is not in the `node_modules` of the importer. */
  elsewhere?: (name: string) => string | undefined
  /** Packages that work on the target but not in this build, each with the sentence that says why. */
  refused?: ReadonlyMap<string, string>
}

/**
 * An esbuild plugin that finds, in the whole graph, what does not work on a target. Imports it objects to are left
 * external, so that one build finds them all; `violations` then tells what the finished graph says about them.
 */
export class TargetGuard {
  readonly #target: Target
  readonly #root: string
  readonly #packages: PackageFinder
  readonly #suspects: Suspect[] = []
  readonly #seen = new Set<string>()
  readonly #refused: ReadonlyMap<string, string>

  /** @param root - working directory of the build, which the paths of its graph are relative to */
  constructor(target: Target, root: string, { elsewhere, refused = new Map() }: TargetGuardOptions = {}) {
    this.#target = target
    this.#root = root
    this.#packages = new PackageFinder(elsewhere)
    this.#refused = refused
  }

  /** Names of packages with targets that the graph imports. */
  get packages(): ReadonlySet<string> {
    return this.#seen
  }

  get plugin(): Plugin {
    return {
      name: 'pf-target-guard',
      setup: (build) => {
        // A watched build begins anew with every change.
        build.onStart(() => {
          this.#suspects.length = 0
        })
        build.onResolve({ filter: /^[^./]/ }, ({ path, importer, resolveDir, kind }) => {
          if (kind === 'entry-point' || importer === '') return undefined
          const suspect = this.#judge(path, resolveDir)
          if (suspect === undefined) return undefined
          this.#suspects.push({ ...suspect, importer, specifier: path })
          return { path, external: true }
        })
        build.onResolve({ filter: /\.node$/ }, ({ path, importer, resolveDir }) => {
          if (this.#target === 'node') return undefined
          const feature = readablePath(join(resolveDir, path))
          const about = {
            reason: 'it is native code for Node',
            alternative: 'use a package in JavaScript, or call a service with fetch',
          }
          const sentence = unsupportedSentence({ feature, target: 'wasm', availableOn: ['node'], ...about })
          this.#suspects.push({ feature, sentence, whenUsed: true, importer, specifier: path })
          return { path, external: true }
        })
      },
    }
  }

  #judge(specifier: string, from: string): Pick<Suspect, 'feature' | 'sentence' | 'whenUsed'> | undefined {
    const builtin = builtinName(specifier)
    if (builtin !== undefined) {
      if (this.#target === 'node') return undefined
      const feature = `node:${builtin}`
      return {
        feature,
        sentence: unsupportedSentence({ feature, target: 'wasm', availableOn: ['node'], ...builtinAbsence(builtin) }),
        whenUsed: true,
      }
    }
    if (hostImport.test(specifier)) {
      if (this.#target === 'wasm') return undefined
      const about = { reason: 'only a component host gives it', alternative: 'use a feature that works on Node' }
      return {
        feature: specifier,
        sentence: unsupportedSentence({ feature: specifier, target: 'node', availableOn: ['wasm'], ...about }),
        whenUsed: true,
      }
    }
    const parts = splitSpecifier(specifier)
    const manifest = parts && this.#packages.find(parts.name, from)
    const targets = manifest?.pf?.targets
    if (parts === undefined || targets === undefined) return undefined
    this.#seen.add(parts.name)
    const refusal = this.#refused.get(parts.name)
    if (refusal !== undefined) return { feature: parts.name, sentence: refusal, whenUsed: false }
    const availableOn = targets[parts.entry] as readonly Target[] | undefined
    if (availableOn === undefined || availableOn.includes(this.#target)) return undefined
    const feature = parts.entry === '.' ? parts.name : parts.name + parts.entry.slice(1)
    const { reason, alternative } = manifest?.pf?.unavailable?.[parts.entry] ?? {}
    const about = {
      feature,
      target: this.#target,
      availableOn,
      ...(reason && { reason }),
      ...(alternative && { alternative }),
    }
    return { feature, sentence: unsupportedSentence(about), whenUsed: false }
  }

  /** What of the suspects the finished graph holds, each with the way to it. */
  violations({ inputs, outputs }: Metafile, entry: string): Violation[] {
    const used = new Set(
      Object.values(outputs).flatMap((output) =>
        Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
      ),
    )
    const kept = new Set(
      Object.values(outputs).flatMap((output) =>
        output.imports.flatMap(({ path, external }) => (external ? [path] : [])),
      ),
    )
    const found = new Map<string, Violation>()
    for (const { feature, sentence, importer, specifier, whenUsed } of this.#suspects) {
      const path = relative(this.#root, importer).replaceAll('\\', '/')
      if (whenUsed && !used.has(path) && !kept.has(specifier)) continue
      const chain = importerChain(inputs, entry, path) ?? [path]
      const key = `${path} ${specifier}`
      if (!found.has(key)) found.set(key, { feature, sentence, chain: chain.map(readablePath), specifier })
    }
    return [...found.values()]
  }
}

/** The violations as text for a terminal: one paragraph each, with the importers from the entry down. */
export function violationText(violations: readonly Violation[]): string {
  return violations
    .map(({ sentence, chain, specifier, usedAt }) => {
      const steps = chain.map((path, index) => `${'  '.repeat(index + 1)}${index === 0 ? '' : '→ '}${path}`)
      const last = usedAt === undefined ? `imports "${specifier}"` : `uses ${specifier} at ${usedAt}`
      return [`✗ ${sentence}`, ...steps, `${'  '.repeat(chain.length + 1)}→ ${last}`].join('\n')
    })
    .join('\n\n')
}
