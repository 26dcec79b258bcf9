// Lets Node run the sources of the workspace: puts in the extensions they leave out, and finds @pf-agents/* in them.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../../../', import.meta.url)

function sourceOf(name) {
  const [, short, entry = 'index'] = /^@pf-agents\/([^/]+)(?:\/([^/]+))?$/.exec(name) ?? []
  if (!short) return undefined
  return ['packages', 'presets']
    .map((group) => new URL(`${group}/${short}/src/${entry}.ts`, root))
    .find((url) => existsSync(url))?.href
}

registerHooks({
  resolve(name, context, next) {
    const source = sourceOf(name)
    if (source) return next(source, context)
    const isBare = /^\.\.?\//.test(name) && context.parentURL?.endsWith('.ts') && !/\.(?:[cm]?[jt]s|json)$/.test(name)
    return next(isBare ? `${name}.ts` : name, context)
  },
})
