import { llmEngine } from '@pf-agents/llm-engine'
import { spinAgent } from '@pf-agents/spin-agent'
import agent from './agent.ts'

export default spinAgent(agent, { add: [llmEngine()] })
