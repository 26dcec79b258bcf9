import { useId, useState } from 'preact/hooks'
import { jsonProblem } from '../session/run-options'
import type { FieldProps } from './field'

/** Asks for what no field fits: as JSON. */
export function JsonField({ label, schema, required, value, onChange }: FieldProps) {
  const id = useId()
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value))
  const problem = jsonProblem(text)
  return (
    <div class="field">
      <label for={id}>{label} (JSON)</label>
      <textarea
        id={id}
        class="code"
        rows={3}
        required={required}
        value={text}
        spellcheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint`}
        onInput={({ currentTarget }) => {
          const next = currentTarget.value
          const wrong = jsonProblem(next)
          currentTarget.setCustomValidity(wrong ?? '')
          setText(next)
          onChange(wrong === undefined && next.trim() !== '' ? (JSON.parse(next) as unknown) : undefined)
        }}
      />
      <small id={`${id}-hint`} class={problem === undefined ? 'hint' : 'hint wrong'}>
        {problem ?? schema?.description}
      </small>
    </div>
  )
}
