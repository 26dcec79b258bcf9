import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { layerViolation } from './layers.mjs'

const isTest = (file) => /\.test(-d)?\.ts$/.test(file)

function manifestsOf(root) {
  return globSync(['packages/*/package.json', 'presets/*/package.json'], { cwd: root }).map((file) => ({
    dir: dirname(file),
    manifest: JSON.parse(readFileSync(join(root, file), 'utf8')),
  }))
}

/** Specifier and line of every import and export-from of a file, type imports included. */
function importsOf(path) {
  const text = readFileSync(path, 'utf8')
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split('\n').length,
  }))
}

/** Every breach of the layer rule under a workspace root, one sentence each, with file and line. */
export function layerProblems(root) {
  const packages = manifestsOf(root)
  const byName = new Map(packages.map((entry) => [entry.manifest.name, entry]))
  const problems = []

  for (const { dir, manifest } of packages) {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const problem = byName.has(name) && layerViolation(manifest.name, name)
      if (problem) problems.push(`${dir}/package.json: ${problem}`)
    }
  }

  const sources = packages.flatMap(({ dir, manifest }) =>
    globSync(`${dir}/src/**/*.ts`, { cwd: root }).map((file) => ({
      file,
      owner: manifest.name,
      home: join(dir, 'src'),
    })),
  )
  const examples = globSync('examples/*/**/*.ts', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  })
  for (const file of examples) sources.push({ file, owner: undefined, home: file.split(/[\\/]/).slice(0, 2).join('/') })

  for (const { file, owner, home } of sources) {
    for (const { specifier, line } of importsOf(join(root, file))) {
      const at = `${file}:${line}`
      if (specifier.startsWith('.')) {
        const target = relative(root, resolve(root, dirname(file), specifier))
        const inside = target === home || !relative(home, target).startsWith('..')
        if (!inside && !isTest(file))
          problems.push(`${at}: '${specifier}' leaves ${home}; import the package by its name`)
        continue
      }
      const [, name, subpath] = /^(@pf-agents\/[^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
      if (!name || name.startsWith('@pf-agents/tooling-')) continue
      // An example may build on another; nothing else may build on one.
      if (!owner && name.startsWith('@pf-agents/example-')) continue
      const target = byName.get(name)
      if (!target) {
        problems.push(`${at}: there is no package ${name}`)
        continue
      }
      const entry = subpath ? `./${subpath}` : '.'
      if (!(entry in target.manifest.pf.targets)) {
        problems.push(
          `${at}: ${name} has no entry "${entry}"; it has ${Object.keys(target.manifest.pf.targets).join(', ')}`,
        )
      }
      // Tests may use anything, above all the testing package; so may examples.
      const problem = owner && !isTest(file) && layerViolation(owner, name)
      if (problem) problems.push(`${at}: ${problem}`)
    }
  }
  return problems
}
