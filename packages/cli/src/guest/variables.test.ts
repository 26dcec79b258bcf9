import { expect, it } from 'vitest'
import { variableReader } from './variables'

const reader = (values: Record<string, string>, asked: string[] = []) =>
  variableReader((key) => {
    asked.push(key)
    return values[key]
  })

it('asks for the name that Spin knows first', () => {
  const asked: string[] = []
  expect(reader({ openai_api_key: 'spin' }, asked)('OPENAI_API_KEY')).toBe('spin')
  expect(asked).toEqual(['openai_api_key'])
  expect(reader({ openai_api_key: 'x' })('openai-api-key')).toBe('x')
})

it('falls back to the name itself, and asks once where both are the same', () => {
  const asked: string[] = []
  expect(reader({ REGION: 'eu' })('REGION')).toBe('eu')
  expect(reader({}, asked)('region')).toBeUndefined()
  expect(asked).toEqual(['region'])
})

it('takes an empty value for one', () => {
  expect(reader({ region: '', REGION: 'eu' })('REGION')).toBe('')
})
