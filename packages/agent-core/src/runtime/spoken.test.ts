import { describe, expect, it, vi } from 'vitest'
import { artifactTexts, harness, statusText } from '../../test/harness'
import type { Interrupt } from '../interrupt/interrupt'
import { reply } from '../reply/reply'
import { howToAnswer } from './questions'
import { spoken, spokenByName } from './spoken'

const colours = ['Red', 'Blue', 'Red, white and blue']
const many = { type: 'array', items: { type: 'string', enum: colours }, minItems: 1 } as const
const question = (fields: Partial<Interrupt>): Interrupt => ({
  id: 'i1',
  kind: 'input',
  prompt: '?',
  status: 'open',
  ...fields,
})

describe('an answer in words', () => {
  it.each<[string, Interrupt['schema'], string, unknown]>([
    ['any text', undefined, ' Red', ' Red'],
    ['an option', { type: 'string', enum: colours }, 'Red', 'Red'],
    ['an option spelled otherwise', { type: 'string', enum: colours }, ' red ', 'Red'],
    ['no option', { type: 'string', enum: colours }, 'green', 'green'],
    ['one of two that are spelled alike', { enum: ['a', 'A'] }, 'A', 'A'],
    ['one of two that are spelled alike, in small letters', { enum: ['ab', 'AB'] }, 'Ab ', 'ab'],
    ['neither of two that are spelled alike', { enum: ['Ab', 'AB'] }, 'ab', 'ab'],
    ...['yes ', 'Yes.', 'YES!', '\n Yes;\t', 'yes . !'].map((text): [string, Interrupt['schema'], string, unknown] => [
      `a word with what stands around it: ${JSON.stringify(text)}`,
      { enum: ['yes', 'Yes', 'no'] },
      text,
      text.includes('Y') && !text.includes('YES') ? 'Yes' : 'yes',
    ]),
    ['an option that closes with a stop', { enum: ['Acme Inc.', 'Acme'] }, 'acme', 'Acme'],
    ['one of the words beside true and false', { anyOf: [{ type: 'boolean' }, { enum: ['true', 'ok'] }] }, 'Ok.', 'ok'],
    ['True', { anyOf: [{ type: 'boolean' }, { enum: ['true', 'ok'] }] }, 'True', 'true'],
    ['any text, where some words stand beside it', { anyOf: [{ enum: ['ok'] }, { type: 'string' }] }, 'Ok.', 'Ok.'],
    ['TRUE.', { type: 'boolean' }, 'TRUE.', true],
    ['null', { type: 'null' }, 'null', null],
    ['several with a stop', many, 'Blue, red.', ['Blue', 'Red']],
    ['one of several', many, 'Red', ['Red']],
    ['several', many, 'blue, Red', ['Blue', 'Red']],
    ['several, line by line', many, 'Red\nBlue\n', ['Red', 'Blue']],
    ['several, one with a comma', many, 'Blue; red, white and blue', ['Blue', 'Red, white and blue']],
    ['one twice', many, 'Red, red', ['Red']],
    ['a list as JSON', many, '["Red"]', ['Red']],
    ['several that are not all options', many, 'Red, green', 'Red, green'],
    ['a number', { type: 'integer' }, '3', 3],
    ['a form', { type: 'object', properties: { age: {} } }, '{"age":3}', { age: 3 }],
  ])('can be %s', (_, schema, text, answer) => {
    expect(spoken(question({ ...(schema && { schema }) }), text)).toEqual(answer)
  })

  const open = [
    question({ id: 'i1', slot: 'functions.pay:0', schema: { type: 'boolean' } }),
    question({ id: 'i2', slot: 'functions.pay:01' }),
    question({ id: 'i3', slot: 'city' }),
  ]
  it.each<[string, string, Record<string, unknown>]>([
    ['one', 'city: Rome', { i3: 'Rome' }],
    [
      'all',
      'City: Rome: the old one\n\n- functions.pay:0: true\n* functions.pay:01 = no',
      { i1: true, i2: 'no', i3: 'Rome: the old one' },
    ],
    ['one by its id', 'i3: Rome', { i3: 'Rome' }],
    ['none that is named', 'Rome', {}],
    ['none where one line names none', 'city: Rome\nthanks', {}],
    ['none where one is answered twice', 'city: Rome\ncity: Oslo', {}],
    ...[
      'city: Rome, functions.pay:0: true',
      'city=Rome, i1=true',
      'city: Rome, functions.pay:0 : true',
      'city: Rome; I2 =\tno',
      'functions.pay:01: no (city: Rome)',
    ].map((text): [string, string, Record<string, unknown>] => ['none where two stand in one line', text, {}]),
    ['one beside words that are like a name', 'city: velocity: i10: Xi1 = i1', { i3: 'velocity: i10: Xi1 = i1' }],
    ['one whose answer has lines of another kind', 'city: Rome\rOslo', { i3: 'Rome\rOslo' }],
    ['nothing', ' \n', {}],
  ])('names %s', (_, text, answers) => {
    expect(Object.fromEntries(spokenByName(open, text).map((one) => [one.interruptId, one.payload]))).toEqual(answers)
  })

  it.each<[Partial<Interrupt>, string | undefined]>([
    [{ kind: 'approval', schema: { type: 'string' } }, 'Answer yes or no.'],
    [{}, undefined],
    [{ schema: { type: 'string', minLength: 2 } }, undefined],
    [{ schema: { type: 'string', enum: ['Red', 'Blue'] } }, 'Answer with one of: Red, Blue.'],
    [
      { schema: { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'YES', 'no', 'NO'] }] } },
      'Answer with one of: yes, no.',
    ],
    [
      { schema: { type: 'array', items: { enum: ['a', 'b'] } } },
      'Answer with one or more of these, with commas between: a, b.',
    ],
    [
      { schema: { type: 'object', properties: { age: { type: 'integer' }, name: {} } } },
      'Answer with data, or its JSON, that has: age (integer), name.',
    ],
  ])('to %j is asked for in words', (fields, said) => {
    expect(howToAnswer(question(fields))).toBe(said)
  })
})

describe('long texts', () => {
  /** Characters that strings are searched, cut and folded for, and the regular expressions that were used. */
  const stepsOf = (read: () => unknown): { steps: number; patterns: Set<string> } => {
    let steps = 0
    const patterns = new Set<string>()
    const { trim, trimStart, toLowerCase, indexOf } = String.prototype
    const { join } = Array.prototype
    const { exec } = RegExp.prototype
    const spies = [
      ...Object.entries({ trim, trimStart, toLowerCase }).map(([name, method]) =>
        vi.spyOn(String.prototype, name as 'trim').mockImplementation(function (this: string) {
          steps += 1 + this.length
          return method.call(this)
        }),
      ),
      vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, what, from = 0) {
        const at = indexOf.call(this, what, from)
        steps += 1 + (at < 0 ? this.length : at) - from
        return at
      }),
      vi.spyOn(Array.prototype, 'join').mockImplementation(function (this: unknown[], separator) {
        const all = join.call(this, separator)
        steps += 1 + all.length
        return all
      }),
      vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
        steps++
        patterns.add(this.source)
        return exec.call(this, text)
      }),
    ]
    try {
      read()
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    return { steps, patterns }
  }

  const two = [question({ id: 'i1', slot: 'a' }), question({ id: 'i2', slot: 'b' })]
  const options = ['a', 'a, b, c', ...Array.from({ length: 48 }, (_, at) => `option ${at} ${'x'.repeat(150)}`)]
  it.each<[string, (length: number) => unknown]>([
    ['an option among blanks', (length) => spoken(question({ schema: { enum: options } }), `a${' '.repeat(length)}x`)],
    ['an option with stops', (length) => spoken(question({ schema: { enum: options } }), `a${'.'.repeat(length)}`)],
    [
      'a list',
      (length) => spoken(question({ schema: { type: 'array', items: { enum: options } } }), 'a,'.repeat(length / 2)),
    ],
    ['blanks behind a name', (length) => spokenByName(two, `a:${' '.repeat(length)}x\ry`)],
    ['blanks before the sign', (length) => spokenByName(two, `a${' '.repeat(length)}x`)],
    ['blanks before another sign', (length) => spokenByName(two, `a: b${' '.repeat(length)}x`)],
    ['a name many times', (length) => spokenByName(two, `a: ${'b '.repeat(length / 2)}`)],
    ['many lines', (length) => spokenByName(two, 'b: x\n'.repeat(length / 5))],
    ['empty lines', (length) => spokenByName(two, '\n'.repeat(length))],
  ])('are read in steps that grow as they do: %s', (_, read) => {
    const short = stepsOf(() => read(10_000))
    const long = stepsOf(() => read(20_000))
    expect((long.steps - short.steps) / 10_000).toBeLessThan(25)
    // Whatever repeats may go back and try again.
    expect([...long.patterns].filter((pattern) => /[*+{]/.test(pattern))).toEqual([])
  })
})

describe('several questions', () => {
  const asking = () =>
    harness({
      onMessage: (_message, { slots }) =>
        slots['day'] === undefined || slots['count'] === undefined
          ? reply.inputsRequired([
              { prompt: 'Day?', slot: 'day' },
              { prompt: 'Count?', slot: 'count', schema: { type: 'integer' } },
            ])
          : reply.text(JSON.stringify(slots)),
    })

  it('are answered in words by their names, together or one by one', async () => {
    const test = asking()
    const asked = await test.sendTask()
    const both = await test.sendTask('day: Monday\ncount: 2', { taskId: asked.key.taskId })
    expect(artifactTexts(both)).toEqual(['{"day":"Monday","count":2}'])
    const again = await test.sendTask()
    const one = await test.sendTask('count: 2', { taskId: again.key.taskId })
    expect([one.task.status.state, statusText(one)]).toEqual(['input-required', 'Day?'])
    // By its name, too, though it is the only one now.
    const done = await test.sendTask('day: Monday', { taskId: again.key.taskId })
    expect(artifactTexts(done)).toEqual(['{"day":"Monday","count":2}'])
  })

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a word for a form', { type: 'object', properties: { age: {} } }, 'me', '?'],
    ['a number for a form', { type: 'object', properties: { age: {} } }, '12', '?'],
    ['a word for a list', { type: 'array', items: { enum: ['a', 'b'] } }, 'c', 'Which?\n- a\n- b'],
  ])('are asked again as people ask: %s', async (_, schema, said, prompt) => {
    const test = harness({ onMessage: () => reply.inputRequired({ prompt, schema: schema as never }) })
    const asked = await test.sendTask()
    const text = statusText(await test.sendTask(said, { taskId: asked.key.taskId }))
    expect(text).toContain(
      `${prompt}${prompt.includes('\n') ? '\n' : ' '}("${said}" is no answer to this. Answer with `,
    )
  })

  it('all stand in what is said where an answer was not understood', async () => {
    const test = asking()
    const asked = await test.sendTask()
    const wrong = await test.sendTask('count: two\nday: Monday', { taskId: asked.key.taskId })
    expect(statusText(wrong)).toBe('Count? ("two" is no answer to this. Answer with a whole number.)')
    const other = await test.sendTask()
    const unclear = await test.sendTask('Monday', { taskId: other.key.taskId })
    expect(statusText(unclear)?.split('\n')).toEqual([
      'Say which question you answer: day, count.',
      'day: Day?',
      'count: Count? (Answer with a whole number.)',
      'Answer each on a line of its own that begins with its name, as in "day: …".',
    ])
  })
})
