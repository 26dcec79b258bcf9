import type { Metafile } from 'esbuild'
import { unsupportedSentence } from '@pf-agents/agent-core'
import { componentEntryFile } from '../build/component-entry'
import { placeFinder } from '../build/map-stack'
import { importerChain, readablePath } from './importer-chain'
import { findTrouble, nodeGlobals, type Trouble } from './node-globals'
import { splitSpecifier } from './package-targets'
import type { Violation } from './target-guard'

/** A finished bundle. */
export interface Output {
  code: string
  /** Source map, JSON; it names its sources from the working directory. */
  map: string
  inputs: Metafile['inputs']
  /** The user's file, as a path of the metafile. */
  entry: string
}

/** What the code of a bundle says, which its graph does not: the graph knows imports, and globals are none. */
export interface OutputReport {
  /** Fails as soon as it is reached, and it will be. */
  violations: Violation[]
  /** May be reached, or not: one sentence for each package and global. */
  warnings: string[]
}

interface Found extends Trouble {
  /** The module, as a path of the metafile. */
  path: string
  /** File, line and column. */
  place: string
  /** Name of the package; undefined in the user's own files. */
  package: string | undefined
}

/** Finds Node's globals, computed imports and frozen clocks in what is left of the graph after everything unused was shaken away. */
export function checkOutput({ code, map, inputs, entry }: Output): OutputReport {
  const moduleAt = moduleFinder(code, inputs)
  const isOwn = (offset: number): boolean => {
    const path = moduleAt(offset)
    return path !== undefined && packageOf(path) === undefined
  }
  // Our own entry says when the component was built.
  const trouble = findTrouble(code, isOwn).filter(({ start }) => !moduleAt(start)?.endsWith(componentEntryFile))
  if (trouble.length === 0) return { violations: [], warnings: [] }
  const placeAt = placeReader(code, map)
  const found = trouble.map((one): Found => {
    const path = moduleAt(one.start) ?? entry
    return { ...one, path, place: placeAt(one.start) ?? path, package: packageOf(path) }
  })
  const violations = grouped(found.filter(({ sure }) => sure)).map(([first]) => violation(first, inputs, entry))
  return { violations, warnings: grouped(found.filter(({ sure }) => !sure)).map(warning) }
}

/** The first of its kind decides what is said; more of the same would only make it longer. */
function grouped(found: readonly Found[]): [Found, ...Found[]][] {
  const groups = new Map<string, [Found, ...Found[]]>()
  for (const one of found) {
    const key = `${one.package ?? one.path} ${one.name}`
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
}

function violation(found: Found, inputs: Metafile['inputs'], entry: string): Violation {
  const { kind, name, path, place } = found
  const chain = importerChain(inputs, entry, path) ?? [path]
  return {
    feature: found.package ?? name,
    sentence: sentence(found),
    chain: chain.map(readablePath),
    specifier: kind === 'global' ? `the global ${name}` : kind === 'load' ? `${name}(…)` : name,
    usedAt: place,
  }
}

function sentence({ kind, name, package: from }: Found): string {
  if (kind === 'clock')
    return `${name} can not be used at module scope, which is evaluated once, at build time: its value would be frozen into the component, the same for each request. Read the clock in a handler.`
  if (kind === 'load')
    return 'A component is one file: nothing can be loaded by a name that is only known later. Import it at the top of the file, or by its literal name.'
  const { reason, alternative } = absence(name)
  return from === undefined
    ? unsupportedSentence({ feature: `The global ${name}`, target: 'wasm', availableOn: ['node'], reason, alternative })
    : unsupportedSentence({
        feature: from,
        target: 'wasm',
        availableOn: ['node'],
        reason: `it uses the global ${name} without a check, and ${reason}`,
        alternative: 'use a package that works in browsers, or its build for them (pf build --condition browser)',
      })
}

function warning([{ kind, name, package: from, path, place }, ...more]: [Found, ...Found[]]): string {
  const who = from ?? readablePath(path)
  const where = more.length === 0 ? place : `${place} and ${more.length} more`
  if (kind === 'clock')
    return `${who} calls ${name} at module scope (${where}), which is evaluated once, at build time: the value is frozen into the component, the same for each request. See that nothing depends on it.`
  if (name === 'require')
    return `${who} loads modules with require, by names that are only known later (${where}). A component is one file: what gets there fails with an Error, "Dynamic require … is not supported".`
  if (name === 'import')
    return `${who} loads modules by names that are only known later (${where}). A component is one file: a request that gets there ends with a trap (PF_GUEST_TRAP), which no catch prevents.`
  return `${who} uses the global ${name} without a check (${where}): ${absence(name).reason}. What gets there fails with a ReferenceError; try it in the component.`
}

const absence = (name: string) => nodeGlobals[name] as NonNullable<(typeof nodeGlobals)[string]>

/** The package that a file of the graph is from. */
function packageOf(path: string): string | undefined {
  const readable = readablePath(path)
  return readable === path ? undefined : splitSpecifier(readable)?.name
}

/** The bundler writes the name of each module above its code. */
function moduleFinder(code: string, inputs: Metafile['inputs']): (offset: number) => string | undefined {
  const modules = [...code.matchAll(/^\/\/ (.+)$/gm)].flatMap(({ index, 1: path }) =>
    path !== undefined && Object.hasOwn(inputs, path) ? [{ index, path }] : [],
  )
  return (offset) => modules.findLast(({ index }) => index <= offset)?.path
}

/** Shows an offset of the code as file, line and column. */
function placeReader(code: string, map: string): (offset: number) => string | undefined {
  const placeOf = placeFinder(map, process.cwd())
  const lines = [0, ...Array.from(code.matchAll(/\n/g), ({ index }) => index + 1)]
  return (offset) => {
    const line = lines.findLastIndex((start) => start <= offset)
    const place = placeOf(line + 1, offset - (lines[line] as number) + 1)
    return place === undefined ? undefined : readablePath(place)
  }
}
