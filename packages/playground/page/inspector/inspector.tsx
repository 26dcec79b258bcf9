import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { PlaygroundConfig } from '../../src/playground-config'
import type { Session } from '../session/session'
import { A2aPanel } from './a2a-panel'
import { ArtifactsPanel } from './artifacts-panel'
import { CardPanel } from './card-panel'
import { EventsPanel } from './events-panel'
import { StatePanel } from './state-panel'
import { TasksPanel } from './tasks-panel'

interface InspectorProps {
  config: PlaygroundConfig
  session: Session
  /** Told where the conversation is to be seen. */
  onOpen(): void
}

/** What is behind the conversation. Only the panel in front does any work. */
export function Inspector({ config, session, onOpen }: InspectorProps) {
  const front = useSignal('tasks')
  const panels: [name: string, title: string, show: () => ComponentChildren][] = [
    ['tasks', 'Tasks', () => <TasksPanel session={session} onOpen={onOpen} />],
    ['state', 'State', () => <StatePanel session={session} />],
    ['artifacts', 'Artifacts', () => <ArtifactsPanel session={session} />],
    ['events', 'Events', () => <EventsPanel session={session} />],
    ['a2a', 'A2A', () => <A2aPanel config={config} session={session} />],
    ['card', 'Agent', () => <CardPanel config={config} />],
  ]
  return (
    <aside class="inspector" aria-label="Inspector">
      <wa-tab-group
        active={front.value}
        without-scroll-controls
        onwa-tab-show={({ detail }: CustomEvent<{ name: string }>) => (front.value = detail.name)}
      >
        {panels.map(([name, title]) => (
          <wa-tab key={name} panel={name}>
            {title}
          </wa-tab>
        ))}
        {panels.map(([name, , show]) => (
          <wa-tab-panel key={name} name={name}>
            {front.value === name && show()}
          </wa-tab-panel>
        ))}
      </wa-tab-group>
    </aside>
  )
}
