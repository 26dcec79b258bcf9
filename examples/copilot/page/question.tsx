import type { Interrupt } from '@ag-ui/client'
import { Field, type JsonSchema, readFields } from './field'
import { promptOf } from './desk'
import type { Flight } from './trip-state'

/** A question of the desk: buttons where there is little to choose from, a form by its schema otherwise. */
export function Question(props: {
  question: Interrupt
  flights: readonly Flight[]
  onAnswer: (payload: unknown) => void
}) {
  const { question, flights, onAnswer } = props
  const schema = (question.responseSchema ?? { type: 'string' }) as JsonSchema
  const options = optionsOf(schema)
  const prompt = promptOf(question)
  return (
    <section class="question" tabIndex={-1} aria-label={prompt}>
      <p>{prompt}</p>
      {options === undefined ? (
        <Form schema={schema} onAnswer={onAnswer} />
      ) : (
        <div class="choices">
          {options.map((value, index) => (
            <button
              type="button"
              key={String(value)}
              class={index === options.findIndex(isYes) ? 'primary' : ''}
              onClick={() => onAnswer(value)}
            >
              {labelOf(value, flights)}
            </button>
          ))}
        </div>
      )}
    </section>
  )
}

function Form({ schema, onAnswer }: { schema: JsonSchema; onAnswer: (payload: unknown) => void }) {
  const fields = schema.properties ?? { answer: schema }
  const required = schema.properties === undefined ? ['answer'] : (schema.required ?? [])
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const values = readFields(fields, new FormData(event.currentTarget))
        onAnswer(schema.properties === undefined ? values['answer'] : values)
      }}
    >
      {Object.entries(fields).map(([name, field]) => (
        <Field key={name} name={name} schema={field} isRequired={required.includes(name)} />
      ))}
      <button type="submit" class="primary">
        Answer
      </button>
    </form>
  )
}

/** What can be answered by one press; `undefined` where something has to be written. */
function optionsOf({ type, enum: values }: JsonSchema): readonly unknown[] | undefined {
  if (type === 'boolean') return [true, false]
  return values !== undefined && values.length <= 8 ? values : undefined
}

const isYes = (value: unknown): boolean => value === true || value === 'yes'

function labelOf(value: unknown, flights: readonly Flight[]) {
  const flight = flights.find(({ number }) => number === value)
  if (flight !== undefined)
    return (
      <>
        <strong>{flight.number}</strong> {flight.departs}, {flight.fare} €
      </>
    )
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const text = String(value)
  return text.charAt(0).toUpperCase() + text.slice(1)
}
