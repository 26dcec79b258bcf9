import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { citationsIn, coverageOf } from './citations'
import { type RequirementId, requirements } from './manifest'
import type { Requirement } from './requirement'
import { verifies } from './verifies'

const root = join(import.meta.dirname, '../../../..')

/** Tests of every package, and the suites that run on both targets. Not this folder: it names ids to talk about them. */
const files = new Map(
  globSync(
    ['packages/*/{src,test}/**/*.test.ts', 'packages/*/src/{suite,suites}/**/*.ts', 'packages/testing/src/**/*.ts'],
    { cwd: root },
  )
    .filter((file) => !file.includes('conformance'))
    .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
)

const all = Object.entries(requirements) as [RequirementId, Requirement][]

describe('the manifest', () => {
  it('has the 129 requirements of the kit: 114 must, 11 should, 4 may; 25 that no test of the kit exercises', () => {
    const count = (level: Requirement['level']) => all.filter(([, requirement]) => requirement.level === level).length
    expect([all.length, count('must'), count('should'), count('may')]).toEqual([129, 114, 11, 4])
    expect(all.filter(([, { unexercised }]) => unexercised)).toHaveLength(25)
  })

  it('names a section for each, says it in a sentence, and gives its reasons in words', () => {
    for (const [id, { section, summary, deferred }] of all) {
      expect([id, section]).toEqual([id, expect.stringMatching(/^\d+(\.\d+){1,2}$/)])
      expect([id, summary]).toEqual([id, expect.stringMatching(/^\w.{15,}[.)]$/)])
      if (deferred)
        expect([id, deferred.reason]).toEqual([
          id,
          expect.stringMatching(/^(later: .+|left to whoever deploys: .+|gRPC is not served: .+)$/),
        ])
    }
  })
})

describe('coverage', () => {
  const coverage = coverageOf(files)

  it('finds no id that is not in the manifest', () => expect(coverage.unknown).toEqual([]))

  it('finds no test for what carries a reason not to be verified: delete the reason first', () =>
    expect(coverage.deferred).toEqual([]))

  it('finds a test for everything else', () => expect(coverage.uncited).toEqual([]))
})

describe('the check itself', () => {
  it('reads ids from titles and calls, not from comments', () => {
    const source = `// CORE-GET-001
      /* CORE-GET-002 */
      it(\`x \${verifies('CORE-LIST-001', "CORE-MULTI-001a")}\`, () => {}) // CORE-LIST-003
      it('y (§5.4) [HTTP_JSON-STATUS-001, JSONRPC-SSE-002]', () => fetch('http://x'))
      const other = 'SHA-256 UTF-8 CORE-GET GET-001'`
    expect(citationsIn(source)).toEqual(['CORE-LIST-001', 'CORE-MULTI-001a', 'HTTP_JSON-STATUS-001', 'JSONRPC-SSE-002'])
  })

  it('fails on unknown ids, on deferred ones and on what nobody cites', () => {
    const everything = all.filter(([, { deferred }]) => !deferred).map(([id]) => id)
    expect(coverageOf(new Map([['a.test.ts', everything.join(' ')]]))).toEqual({
      unknown: [],
      deferred: [],
      uncited: [],
    })
    expect(coverageOf(new Map([['a.test.ts', `${everything.slice(1).join(' ')} CORE-GET-999 GRPC-SVC-001`]]))).toEqual({
      unknown: ['CORE-GET-999 (a.test.ts)'],
      deferred: ['GRPC-SVC-001 (a.test.ts)'],
      uncited: everything.slice(0, 1),
    })
  })

  it('throws while tests are registered', () => {
    expect(verifies('CORE-GET-001', 'CORE-HIST-002')).toBe('[CORE-GET-001, CORE-HIST-002]')
    expect(() => verifies('CORE-GET-999' as RequirementId)).toThrow('CORE-GET-999 is no requirement')
    expect(() => verifies('toString' as RequirementId)).toThrow('toString is no requirement')
    expect(() => verifies('GRPC-SVC-001')).toThrow('gRPC is not served')
  })
})
