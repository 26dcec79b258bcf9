import type { PlaygroundConfig } from '../../src/playground-config'
import type { Session } from '../session/session'

/** Where nothing was said yet: who the agent is, and what one may ask. */
export function Welcome({ config, session }: { config: PlaygroundConfig; session: Session }) {
  const { name, description, skills } = config
  return (
    <div class="welcome">
      <h2>{name}</h2>
      <p>{description}</p>
      {skills.length > 0 && (
        <ul class="skills">
          {skills.map((skill) => (
            <li key={skill.id}>
              <strong>{skill.name}</strong>
              <span>{skill.description}</span>
              {skill.examples.slice(0, 2).map((example) => (
                <button
                  key={example}
                  type="button"
                  class="wa-outlined example"
                  onClick={() => void session.send(example)}
                >
                  {example}
                </button>
              ))}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
