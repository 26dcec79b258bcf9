import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'
import { unsupportedEntry } from '../generate/unsupported.mjs'
import { entryName } from './entries.mjs'

/** Names a built module exports, those it passes on from other files of the package included. */
async function exportedValues(file) {
  const result = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    // What was built, not the sources that the path mapping of a tsconfig leads to.
    tsconfigRaw: {},
    external: ['wasi:*', 'pf:*', 'pf-host:*'],
    logLevel: 'silent',
    outdir: 'unused',
  })
  return Object.values(result.metafile.outputs)[0].exports.toSorted()
}

/** The names a declaration exports: values, types, and classes and enums, which are both. */
function exportedNames(file) {
  const options = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noLib: true,
    types: [],
    skipLibCheck: true,
  }
  const program = ts.createProgram([file], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) return []
  return checker.getExportsOfModule(module).map((symbol) => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const parameters = own.declarations?.flatMap((declaration) => declaration.typeParameters ?? []).length ?? 0
    // `export type { SomeClass }` leaves a class without its value.
    const typeOnly =
      symbol.declarations?.some((declaration) => ts.isTypeOnlyImportOrExportDeclaration(declaration)) ?? false
    return {
      name: symbol.name,
      value: !typeOnly && (own.flags & ts.SymbolFlags.Value) !== 0,
      type: (own.flags & ts.SymbolFlags.Type) !== 0,
      generic: parameters > 0,
    }
  })
}

/** The module: throws when it is loaded, and exports the names so that importing them links. */
function unavailableModule(about, values) {
  const fields = {
    name: 'UnsupportedOnTargetError',
    code: 'PF_TARGET_UNSUPPORTED',
    feature: about.feature,
    target: about.target,
    availableOn: about.availableOn,
    alternative: about.alternative,
    status: 500,
    retryable: false,
  }
  return [
    '// Stands in for this entry on a target it does not work on. Imports nothing, so that nothing else can fail first.',
    'raise()',
    'function raise() {',
    `  const error = Object.assign(new Error(${JSON.stringify(about.sentence)}), ${JSON.stringify(fields)})`,
    "  throw Object.defineProperty(error, Symbol.for('pf-agents.error'), { value: true })",
    '}',
    ...values.map((name) => (name === 'default' ? 'export default undefined' : `export const ${name} = undefined`)),
    '',
  ].join('\n')
}

/** The declaration: every value says why it is not there, wherever it is used; types go on working. */
function unavailableDeclaration(about, names, entry) {
  // Written out at each name: a named type would be all that the compiler prints.
  const type = `{ readonly __unavailableOn: ${JSON.stringify(about.target)}; readonly reason: ${JSON.stringify(about.sentence)} }`
  const lines = [`/** ${about.sentence} */`]
  const types = names.filter(({ value }) => !value).map(({ name }) => name)
  if (types.length > 0) lines.push(`export type { ${types.join(', ')} } from './${entry}.js'`)
  for (const { name, value, type: isType, generic } of names) {
    if (!value) continue
    const doc = `/** ${about.sentence} */`
    if (name === 'default') lines.push(doc, `declare const unavailable: ${type}`, 'export default unavailable')
    else lines.push(doc, `export declare const ${name}: ${type}`)
    if (isType && name !== 'default')
      lines.push(
        generic
          ? `export type ${name}<A = unknown, B = unknown, C = unknown, D = unknown> = ${type}`
          : `export type ${name} = import('./${entry}.js').${name}`,
      )
  }
  if (names.length === 0) lines.push('export {}')
  return lines.join('\n') + '\n'
}

/** Writes `<entry>.unavailable.js` and `.d.ts` for every entry that does not work on all targets. */
export async function writeUnavailable(manifest, folder) {
  for (const key of Object.keys(manifest.pf.targets)) {
    const about = unsupportedEntry(manifest, key)
    if (!about) continue
    const entry = entryName(key)
    const values = await exportedValues(join(folder, `${entry}.js`))
    writeFileSync(join(folder, `${entry}.unavailable.js`), unavailableModule(about, values))
    // WASM-only entries keep their types on Node: one program type-checks the entries of both targets.
    if (about.target !== 'wasm') continue
    const names = exportedNames(resolve(folder, `${entry}.d.ts`))
    const declared = names
      .filter(({ value }) => value)
      .map(({ name }) => name)
      .toSorted()
    if (declared.join() !== values.join()) {
      throw new Error(
        `${about.feature}: the code exports ${values.join(', ')} but the types declare ${declared.join(', ')}.`,
      )
    }
    writeFileSync(join(folder, `${entry}.unavailable.d.ts`), unavailableDeclaration(about, names, entry))
  }
}
