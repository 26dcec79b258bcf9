import { describe, expect, it } from 'vitest'
import { TurnLine } from './turn-line'

interface Work {
  caller: string
  name: string
}

function lineOf(...names: string[]) {
  const line = new TurnLine<Work>(4, 8)
  for (const name of names) line.add({ caller: name.slice(0, 1), name })
  /** Serves until so many have begun. */
  const serve = (count: number, how: (work: Work) => 'begun' | 'waits' | 'gone' = () => 'begun') => {
    const begun: string[] = []
    line.serve((work) => {
      if (begun.length === count) return 'waits'
      const outcome = how(work)
      if (outcome === 'begun') begun.push(work.name)
      return outcome
    })
    return begun.join(' ')
  }
  return { line, serve }
}

describe('TurnLine', () => {
  it('serves one of each caller after the other, in order for each', () => {
    const { serve } = lineOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2')
    expect(serve(9)).toBe('a1 b1 c1 a2 c2 a3')
    expect(serve(9)).toBe('')
  })

  it('goes on where it was: whoever was served last stands last, behind those who came meanwhile', () => {
    const { line, serve } = lineOf('a1', 'a2', 'a3')
    expect(serve(1)).toBe('a1')
    line.add({ caller: 'b', name: 'b1' })
    expect(serve(1)).toBe('a2')
    line.add({ caller: 'c', name: 'c1' })
    expect([serve(1), serve(1), serve(1)]).toEqual(['b1', 'a3', 'c1'])
  })

  it('steps over what has to wait, and forgets what is no longer to be done', () => {
    const { serve } = lineOf('a1', 'a2', 'a3', 'b1', 'b2')
    const how = ({ name }: Work) => (name === 'a1' || name === 'b1' ? 'waits' : name === 'a2' ? 'gone' : 'begun')
    expect(serve(9, how)).toBe('a3 b2')
    expect(serve(9)).toBe('a1 b1')
  })

  it('says who may add no more: with much waiting, everybody but those who have nothing', () => {
    const { line, serve } = lineOf('a1', 'a2', 'a3')
    expect([...line.full()]).toEqual([])
    line.add({ caller: 'a', name: 'a4' })
    expect([...line.full()]).toEqual(['a'])
    for (const name of ['b1', 'b2', 'c1', 'd1']) line.add({ caller: name.slice(0, 1), name })
    expect([...line.full()]).toEqual(['a', 'b', 'c', 'd'])
    serve(4)
    expect([...line.full()]).toEqual([])
    line.clear()
    expect([serve(9), [...line.full()]]).toEqual(['', []])
  })
})
