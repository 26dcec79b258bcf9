import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nodeScript } from '../lib/command.mjs'

const block = /^(?<indent>[ \t]*)```ts(?<info>[^\n]*)\n(?<code>[\s\S]*?)^[ \t]*```[ \t]*$/gm

/**
 * The TypeScript blocks of a page. A first line such as `// agent.ts` names the file, so that other blocks of the page
 * can import it; a block marked `ts no-check` is left out.
 */
export function codeBlocks(text) {
  return [...text.matchAll(block)]
    .filter(({ groups }) => !/\bno-check\b/.test(groups.info))
    .map(({ groups, index }, number) => ({
      file: /^\s*\/\/ ([\w.-]+\.ts)\b/.exec(groups.code)?.[1] ?? `block-${number + 1}.ts`,
      // The first line of code is the one after the fence.
      line: text.slice(0, index).split('\n').length + 1,
      code: groups.code,
    }))
}

/** Packages that are not the workspace's own, found where a workspace package depends on them. */
function dependencyPaths(root, code) {
  const paths = {}
  for (const [, specifier] of code.matchAll(/\bfrom\s+['"]([^'".][^'"]*)['"]/g)) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    if (name.startsWith('@pf-agents/') || name.startsWith('node:')) continue
    const homes = [`@types/${name}`, name].flatMap((one) =>
      globSync(`{packages,presets,examples}/*/node_modules/${one}/package.json`, { cwd: root }).slice(0, 1),
    )
    if (homes.length > 0) paths[name] = homes.map((home) => join(root, dirname(home)))
  }
  return paths
}

/** Type-checks every block of the pages against the sources. Compiler messages are given with page and line. */
export async function checkBlocks(root, pages) {
  const folder = join(root, '.pf/docs-check')
  rmSync(folder, { recursive: true, force: true })
  const places = new Map()
  let all = ''
  for (const page of pages) {
    const home = page.replace(/[^\w.-]/g, '_')
    for (const { file, line, code } of codeBlocks(readFileSync(join(root, page), 'utf8'))) {
      const path = join(folder, home, file)
      mkdirSync(dirname(path), { recursive: true })
      // Each block is a module, so that two blocks may use the same names.
      writeFileSync(path, `${code}\nexport {}\n`)
      places.set(`${home}/${file}`, { page, line })
      all += code
    }
  }
  if (places.size === 0) return { ok: true, output: '', count: 0 }
  const workspace = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions.paths
  const own = Object.fromEntries(
    Object.entries(workspace).map(([name, targets]) => [name, targets.map((target) => join(root, target))]),
  )
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      paths: { ...own, ...dependencyPaths(root, all) },
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['.'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules/typescript7/bin/tsc')
  const result = await nodeScript(folder, compiler, ['-p', 'tsconfig.json', '--pretty', 'false'])
  const output = result.output.replace(/^(\S+?)\((\d+),(\d+)\)/gm, (whole, file, line) => {
    const place = places.get(file)
    return place ? `${place.page}:${place.line + Number(line) - 1}` : whole
  })
  return { ok: result.ok, output, count: places.size }
}

/** README.md, docs/ (but not the decisions, which speak of their day) and the READMEs of packages and examples. */
export async function checkDocs(root) {
  const pages = globSync(['README.md', 'docs/**/*.md', '{packages,presets,examples}/*/README.md'], {
    cwd: root,
  }).filter((page) => !page.startsWith('docs/decisions/') && existsSync(join(root, page)))
  return checkBlocks(root, pages.sort())
}
