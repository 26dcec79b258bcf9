import type { AgentCapabilities } from '@ag-ui/core'
import { type Agent, compileSchema, type ServedAgent } from '@pf-agents/agent-core'
import { takes } from '../input/content'

/** What an agent can do, as AG-UI tells it: from the same description that the agent card is made of. */
export function capabilitiesOf({ agent }: ServedAgent, hasReasoning: boolean): AgentCapabilities {
  const { name, description, version, provider, documentationUrl, model, inputModes, outputModes } = agent
  const hasModel = model !== undefined
  return {
    identity: {
      name,
      description,
      version,
      type: 'pf-agents',
      ...(provider && { provider: provider.organization }),
      ...(documentationUrl !== undefined && { documentationUrl }),
    },
    transport: { streaming: true, websocket: false, httpBinary: false, pushNotifications: false, resumable: true },
    tools: {
      supported: hasModel,
      items: toolsOf(agent),
      ...(hasModel && { parallelCalls: true, clientProvided: true }),
    },
    output: { supportedMimeTypes: [...outputModes] },
    state: { snapshots: true, deltas: true, memory: true, persistentState: false },
    ...(hasModel && { reasoning: { supported: hasReasoning, streaming: hasReasoning } }),
    multimodal: {
      input: {
        image: hasKind(inputModes, 'image/'),
        audio: hasKind(inputModes, 'audio/'),
        video: hasKind(inputModes, 'video/'),
        pdf: takes(inputModes, 'application/pdf'),
        file: takes(inputModes, 'application/octet-stream'),
      },
      output: { image: hasKind(outputModes, 'image/'), audio: hasKind(outputModes, 'audio/') },
    },
    ...(agent.deadlineMs !== undefined && { execution: { maxExecutionTime: agent.deadlineMs } }),
    humanInTheLoop: { supported: true, interrupts: true, approvals: hasModel, feedback: true },
    custom: {
      skills: agent.skills.map((skill) => ({ id: skill.id, name: skill.name, description: skill.description })),
    },
  }
}

function toolsOf(agent: Agent): NonNullable<NonNullable<AgentCapabilities['tools']>['items']> {
  return (agent.tools ?? []).map(({ name, description, input }) => {
    const schema = input === undefined ? undefined : compileSchema(input).json
    return { name, description, ...(schema && { parameters: schema }) }
  })
}

function hasKind(modes: readonly string[], kind: string): boolean {
  return modes.some((mode) => mode.startsWith(kind) || mode === '*/*')
}
