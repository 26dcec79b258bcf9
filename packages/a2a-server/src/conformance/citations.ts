import { type RequirementId, requirements } from './manifest'

/** What a requirement's id looks like; the prefixes are those of the manifest, so that other words are not taken for ids. */
const idPattern =
  /\b(?:CORE|DM|STREAM|PUSH|CARD|AUTH|VER|BIND|JSONRPC|HTTP_JSON|GRPC)-[A-Z]+(?:-[A-Z]+)*-\d{3}[a-z]?\b/g

/** Source without its comments: a citation counts only where a test carries it. Good enough for tests, not a parser. */
const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')

/** Requirement ids that a test file cites, each once. */
export function citationsIn(source: string): string[] {
  return [...new Set(withoutComments(source).match(idPattern) ?? [])]
}

/** What is wrong between the manifest and the tests. */
export interface Coverage {
  /** Cited, but in no manifest: `id (file)`. */
  unknown: string[]
  /** Cited, but with a reason not to be verified: `id (file)`. */
  deferred: string[]
  /** Neither cited nor with a reason. */
  uncited: RequirementId[]
}

/** Compares the manifest with what the tests cite. */
export function coverageOf(files: ReadonlyMap<string, string>): Coverage {
  const cited = new Set<string>()
  const coverage: Coverage = { unknown: [], deferred: [], uncited: [] }
  for (const [file, source] of files) {
    for (const id of citationsIn(source)) {
      cited.add(id)
      if (!Object.hasOwn(requirements, id)) coverage.unknown.push(`${id} (${file})`)
      else if (requirements[id as RequirementId].deferred) coverage.deferred.push(`${id} (${file})`)
    }
  }
  const ids = Object.keys(requirements) as RequirementId[]
  coverage.uncited = ids.filter((id) => !cited.has(id) && !requirements[id].deferred)
  return coverage
}
