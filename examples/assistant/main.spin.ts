import { a2aServer } from '@pf-agents/a2a-server'
import { createApp } from '@pf-agents/app'
import { llmEngine } from '@pf-agents/llm-engine'
import { spinStorage } from '@pf-agents/spin-storage'
import agent from './agent.ts'

export default createApp(agent, [a2aServer(), llmEngine(), spinStorage()])
