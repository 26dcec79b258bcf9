import { useId } from 'preact/hooks'
import type { TargetedInputEvent } from 'preact'
import { Choice, Choices } from './choice'
import { fieldKind, type FieldSchema } from './field-kind'
import { JsonField } from './json-field'
import { Required } from './required'

export interface FieldProps {
  label: string
  schema: FieldSchema | undefined
  required: boolean
  value: unknown
  /** `undefined` where there is no value. */
  onChange(value: unknown): void
}

/** Asks for a value by its schema. What is asked may be checked by the browser; the server checks it in any case. */
export function Field(props: FieldProps) {
  const { label, schema, required, value, onChange } = props
  const asked = fieldKind(schema)
  switch (asked.kind) {
    case 'choice':
      return (
        <Choice
          label={label}
          hint={schema?.description}
          choices={asked.choices}
          required={required}
          value={value}
          onChange={onChange}
        />
      )
    case 'yes-no':
      return (
        <Choice
          label={label}
          hint={schema?.description}
          choices={yesNo}
          required={required}
          value={value}
          onChange={onChange}
        />
      )
    case 'choices':
      return (
        <Choices label={label} hint={schema?.description} choices={asked.choices} value={value} onChange={onChange} />
      )
    case 'object': {
      const given = (value ?? {}) as Record<string, unknown>
      return (
        <fieldset class="field-group">
          <legend>{label}</legend>
          {asked.fields.map(({ name, schema: inner, required: isRequired }) => (
            <Field
              key={name}
              label={inner.title ?? name}
              schema={inner}
              required={isRequired}
              value={given[name]}
              onChange={(next) => onChange(without({ ...given, [name]: next }))}
            />
          ))}
        </fieldset>
      )
    }
    case 'json':
      return <JsonField {...props} />
    case 'number':
      return (
        <Input
          {...props}
          type="number"
          step={asked.whole ? 1 : 'any'}
          onText={(text) => onChange(text === '' ? undefined : Number(text))}
        />
      )
    case 'text':
      return (
        <Input {...props} type={asked.input} onText={(text) => onChange(text === '' && !required ? undefined : text)} />
      )
  }
}

const yesNo = [
  { value: true, label: 'Yes' },
  { value: false, label: 'No' },
]

/** Without the fields that have no value. */
const without = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))

type InputProps = FieldProps & {
  type: 'number' | 'text' | 'date' | 'time' | 'email' | 'url' | 'long'
  step?: number | 'any'
  onText(text: string): void
}

function Input({ label, schema, required, value, type, step, onText }: InputProps) {
  const id = useId()
  const shared = {
    id,
    required,
    value: value === undefined ? '' : String(value as string | number),
    'aria-describedby': `${id}-hint`,
    onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onText(currentTarget.value),
    ...(schema?.minLength !== undefined && { minLength: schema.minLength }),
    ...(schema?.maxLength !== undefined && { maxLength: schema.maxLength }),
  }
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required && <Required />}
      </label>
      {type === 'long' ? (
        <textarea {...shared} rows={2} />
      ) : (
        <input
          {...shared}
          // One element for several types, each of which the types of Preact know apart.
          {...({ type } as object)}
          {...(step !== undefined && { step })}
          {...(schema?.minimum !== undefined && { min: schema.minimum })}
          {...(schema?.maximum !== undefined && { max: schema.maximum })}
          autocomplete="off"
        />
      )}
      <Hint id={`${id}-hint`} schema={schema} />
    </div>
  )
}

function Hint({ id, schema }: { id: string; schema: FieldSchema | undefined }) {
  const { description, minimum, maximum } = schema ?? {}
  const range =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum !== undefined
        ? `${minimum} or more`
        : maximum !== undefined
          ? `${maximum} or less`
          : undefined
  const hints = [description, range].filter((hint) => hint !== undefined)
  return (
    <small id={id} class="hint">
      {hints.join(' · ')}
    </small>
  )
}
