import { expect, it } from 'vitest'
import { ollamaUrl } from './ollama-url'

it.each([
  ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
  ['http://127.0.0.1:11434/', 'http://127.0.0.1:11434/v1'],
  ['127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
  ['localhost', 'http://localhost:11434/v1'],
  ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
  ['0.0.0.0:8000', 'http://127.0.0.1:8000/v1'],
  [':5678', 'http://127.0.0.1:5678/v1'],
  ['[::1]', 'http://[::1]:11434/v1'],
  ['::1', 'http://[::1]:11434/v1'],
  ['::', 'http://127.0.0.1:11434/v1'],
  ['[::1]:8000', 'http://[::1]:8000/v1'],
  ['http://[::1]:8000', 'http://[::1]:8000/v1'],
  ['gpu.local:80', 'http://gpu.local/v1'],
  ['0.0.0.0:80', 'http://127.0.0.1/v1'],
  ['gpu.local:', 'http://gpu.local:11434/v1'],
  ['gpu.local/ollama', 'http://gpu.local:11434/ollama/v1'],
  ['"127.0.0.1"', 'http://127.0.0.1:11434/v1'],
  [" 'gpu.local:8000' ", 'http://gpu.local:8000/v1'],
  ['', 'http://127.0.0.1:11434/v1'],
  ['http://gpu.local', 'http://gpu.local/v1'],
  ['https://gpu.example.com/ollama/', 'https://gpu.example.com/ollama/v1'],
])('OLLAMA_HOST %s is %s', (host, url) => {
  expect(ollamaUrl(host)).toBe(url)
})

it('what is no address is refused with a word', () => {
  expect(() => ollamaUrl('not an address')).toThrow(expect.objectContaining({ code: 'PF_CONFIG_INVALID' }))
})
