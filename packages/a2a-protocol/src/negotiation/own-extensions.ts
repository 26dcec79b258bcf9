/**
 * URI of the extension by which questions have names: the status message of a task that waits carries its open questions
 * under it, and the message that answers carries the answers.
 */
export const interruptExtensionUri = 'urn:pf-agents:a2a:interrupt:v1'

/**
 * URI of the extension by which a stream that was cut goes on where it ended. Each event of a stream carries its number
 * in the task as the SSE `id`; SubscribeToTask with the number of the last one as `Last-Event-ID` gives what comes behind
 * it, and nothing twice, even where the task is over by then. Without that header, or where the events are gone, it
 * begins with the task, as without the extension.
 */
export const replayExtensionUri = 'urn:pf-agents:a2a:replay:v1'
