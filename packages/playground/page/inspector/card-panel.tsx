import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AgentCard } from '@pf-agents/a2a-client'
import type { PlaygroundConfig } from '../../src/playground-config'
import { Json } from '../parts/json'
import { Empty, Loading } from '../parts/notice'
import { a2aClient } from '../session/a2a'

/** The agent card, in words and as it is. */
export function CardPanel({ config }: { config: PlaygroundConfig }) {
  const card = useSignal<AgentCard | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    a2aClient(config.root)
      .card()
      .then(
        (found) => (card.value = found),
        (error: unknown) => (problem.value = error instanceof Error ? error.message : String(error)),
      )
  }, [config])
  const known = card.value
  if (known === undefined) {
    if (problem.value === undefined) return <Loading what="Reading the agent card …" />
    return (
      <Empty title="No agent card">
        <p>This agent is not served over A2A. {problem.value}</p>
      </Empty>
    )
  }
  const {
    name,
    description,
    version,
    skills,
    capabilities,
    defaultInputModes,
    defaultOutputModes,
    supportedInterfaces,
  } = known
  const abilities = Object.entries(capabilities).flatMap(([ability, has]) => (has === true ? [ability] : []))
  return (
    <div class="stack">
      <header class="task-head">
        <h2>
          {name} <small>{version}</small>
        </h2>
        <p>{description}</p>
      </header>
      <dl class="facts">
        <dt>Can</dt>
        <dd>{abilities.length > 0 ? abilities.join(', ') : '–'}</dd>
        <dt>Takes</dt>
        <dd>{defaultInputModes.join(', ')}</dd>
        <dt>Gives</dt>
        <dd>{defaultOutputModes.join(', ')}</dd>
        <dt>Spoken at</dt>
        <dd>
          {supportedInterfaces.map(({ url, protocolBinding, protocolVersion }) => (
            <div key={url + protocolBinding + protocolVersion}>
              {protocolBinding} {protocolVersion} <code>{url}</code>
            </div>
          ))}
        </dd>
      </dl>
      {skills.length > 0 && (
        <section aria-label="Skills">
          <h3>Skills</h3>
          <ul class="skills">
            {skills.map((skill) => (
              <li key={skill.id}>
                <strong>{skill.name}</strong> <code>{skill.id}</code>
                <span>{skill.description}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <details class="fold">
        <summary>Agent card as JSON</summary>
        <Json value={known} label="Agent card" />
      </details>
    </div>
  )
}
