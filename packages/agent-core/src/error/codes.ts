/**
 * Every error code there is, with the HTTP status it becomes where no protocol says otherwise,
 * what happened and what to do. Types and docs/errors.md are made from this table; a code is never reused.
 */
export const errorCodes = {
  PF_INTERNAL: {
    status: 500,
    summary: 'Something failed inside the agent or the SDK.',
    remedy: 'Read the log of the run; the caller is told no detail.',
  },
  PF_CONFIG_INVALID: {
    status: 500,
    summary: 'An option or a definition is not valid.',
    remedy: 'Correct the option that the message names.',
  },
  PF_TARGET_UNSUPPORTED: {
    status: 500,
    summary: 'A feature was used on a target it does not work on.',
    remedy: 'Use the alternative that the message names, or serve on a target the feature supports.',
  },
  PF_FEATURE_MISSING: {
    status: 500,
    summary: 'A feature needs a port that no installed feature provides.',
    remedy: 'Install the package that the message names and pass its feature.',
  },
  PF_FEATURE_CONFLICT: {
    status: 500,
    summary: 'Two features provide the same port or the same route.',
    remedy: 'Leave one of them out.',
  },
  PF_FEATURE_CYCLE: {
    status: 500,
    summary: 'Features require each other in a circle.',
    remedy: 'Break the circle that the message lists.',
  },
  PF_REQUEST_INVALID: {
    status: 400,
    summary: 'The request is not well formed.',
    remedy: 'Correct the fields that the message names.',
  },
  PF_REQUEST_TOO_LARGE: {
    status: 413,
    summary: 'The request body is over the limit.',
    remedy: 'Send less, or raise the body limit of the app.',
  },
  PF_UNAUTHENTICATED: {
    status: 401,
    summary: 'The caller did not prove who it is.',
    remedy: 'Send credentials for a scheme that the agent card declares.',
  },
  PF_FORBIDDEN: {
    status: 403,
    summary: 'The caller may not do this.',
    remedy: 'Ask for the scope that the message names.',
  },
  PF_AUTH_UNAVAILABLE: {
    status: 503,
    summary: 'Credentials can not be checked now: an issuer, or its keys, can not be reached.',
    remedy: 'Try again after the time in Retry-After; look at the cause in the log.',
  },
  PF_TENANT_NOT_FOUND: {
    status: 404,
    summary: 'No agent is served for this tenant.',
    remedy: 'Use a tenant from the agent card.',
  },
  PF_TASK_NOT_FOUND: {
    status: 404,
    summary: 'There is no such task for this caller.',
    remedy: 'Check the id, the tenant and the credentials.',
  },
  PF_TASK_TERMINAL: {
    status: 409,
    summary: 'The task is over and can not change any more.',
    remedy: 'Send a message without a task id to begin a new task.',
  },
  PF_TASK_NOT_CANCELABLE: {
    status: 409,
    summary: 'The task is over and can not be canceled.',
    remedy: 'Nothing is to be done.',
  },
  PF_CONTEXT_MISMATCH: {
    status: 400,
    summary: 'The context id is not the one of the task.',
    remedy: 'Leave the context id out, or send the one of the task.',
  },
  PF_CONTENT_TYPE: {
    status: 400,
    summary: 'A part has a media type the agent does not take.',
    remedy: 'Send one of the input modes of the agent card.',
  },
  PF_METHOD_UNKNOWN: {
    status: 404,
    summary: 'There is no such operation.',
    remedy: 'Use an operation of the protocol version that is spoken.',
  },
  PF_OPERATION_UNSUPPORTED: {
    status: 400,
    summary: 'The agent does not offer this operation, or not for this task.',
    remedy: 'Look at the capabilities in the agent card and at the state of the task.',
  },
  PF_PUSH_UNSUPPORTED: {
    status: 400,
    summary: 'The agent does not send push notifications.',
    remedy: 'Poll the task or stream it, as the agent card allows.',
  },
  PF_CARD_NOT_CONFIGURED: {
    status: 400,
    summary: 'The agent has no extended agent card.',
    remedy: 'Use the public agent card.',
  },
  PF_EXTENSION_REQUIRED: {
    status: 400,
    summary: 'The agent requires an extension that the caller did not name.',
    remedy: 'Name the required extensions of the agent card in the A2A-Extensions header.',
  },
  PF_VERSION_UNSUPPORTED: {
    status: 400,
    summary: 'The agent does not speak this protocol version.',
    remedy: 'Use a version that the agent card lists for the interface.',
  },
  PF_INPUT_INVALID: {
    status: 400,
    summary: "The input does not match the skill's schema.",
    remedy: 'Send input that matches the schema.',
  },
  PF_OUTPUT_INVALID: {
    status: 500,
    summary: "What a handler gave does not match the skill's output schema.",
    remedy: 'Correct the handler or the schema.',
  },
  PF_BUSY: {
    status: 429,
    summary: 'The task or its context has a run under way, and the message may not wait for it.',
    remedy: 'Try again after the time in Retry-After.',
  },
  PF_RATE_LIMITED: {
    status: 429,
    summary: 'The caller sends more than it may.',
    remedy: 'Try again after the time in Retry-After.',
  },
  PF_OVERLOADED: {
    status: 503,
    summary: 'The server has no room for another request.',
    remedy: 'Try again after the time in Retry-After.',
  },
  PF_STORE_FULL: {
    status: 503,
    summary: 'The store is full of tasks that are not over.',
    remedy: 'Try again later, or raise the bound of the store.',
  },
  PF_STORE_CONFLICT: {
    status: 409,
    summary: 'The task was changed by somebody else in the meantime.',
    remedy: 'Load the task again.',
  },
  PF_STORE_UNAVAILABLE: {
    status: 503,
    summary: 'The store could not be read or written.',
    remedy: 'Look at the cause in the log; try again.',
  },
  PF_STORE_SCHEMA: {
    status: 500,
    summary: 'The store was written by a newer version.',
    remedy: 'Use that version or newer, or another store.',
  },
  PF_STREAM_LAGGED: {
    status: 503,
    summary: 'The store no longer has the events that come next for this subscriber.',
    remedy: 'Load the task, then subscribe again.',
  },
  PF_LEASE_LOST: {
    status: 409,
    summary: 'The run no longer holds the lease of its task.',
    remedy: 'The run ends; whoever holds the lease goes on.',
  },
  PF_RUN_LOST: {
    status: 500,
    summary: 'The run of this task died without an end.',
    remedy: 'Send a new message to begin again.',
  },
  PF_RUN_CANCELED: { status: 409, summary: 'The run was canceled.', remedy: 'Nothing is to be done.' },
  PF_RUN_TIMEOUT: {
    status: 504,
    summary: 'The run went past its deadline.',
    remedy: 'Raise the deadline, or make the work shorter.',
  },
  PF_BUDGET_EXCEEDED: {
    status: 500,
    summary: 'The run used up its budget.',
    remedy: 'Raise the budget that the message names.',
  },
  PF_INTERRUPT_ANSWERED: {
    status: 409,
    summary: 'The question was answered already.',
    remedy: 'Load the task to see where it stands.',
  },
  PF_INTERRUPT_UNKNOWN: {
    status: 400,
    summary: 'The answer names a question that is not open.',
    remedy: 'Answer one of the open questions of the task.',
  },
  PF_INTERRUPT_EXPIRED: {
    status: 409,
    summary: 'The question expired before it was answered.',
    remedy: 'Send a new message.',
  },
  PF_INTERRUPT_MISFIT: {
    status: 422,
    summary: "The answer does not match the question's schema.",
    remedy: 'Answer again; the question is still open.',
  },
  PF_RUN_INPUT_INVALID: {
    status: 422,
    summary: 'The input of the run does not match the schema of the protocol.',
    remedy: 'Correct the fields that the message names.',
  },
  PF_RUN_DUPLICATE: {
    status: 409,
    summary: 'A run with this id is under way.',
    remedy: 'Give every run an id of its own; connect to the thread to follow the one under way.',
  },
  PF_STREAM_INVALID: {
    status: 500,
    summary: 'The agent made an event that the protocol does not allow here.',
    remedy: 'Correct the agent; the message names the event and the rule.',
  },
  PF_NOT_ACCEPTABLE: {
    status: 406,
    summary: 'The caller takes no media type that the answer can have.',
    remedy: 'Accept text/event-stream.',
  },
  PF_MEDIA_TYPE: {
    status: 415,
    summary: 'The body has a media type that can not be read.',
    remedy: 'Send application/json.',
  },
  PF_ENGINE_MISSING: {
    status: 500,
    summary: 'No installed engine can go on with this task.',
    remedy: 'Install the engine that wrote the checkpoint.',
  },
  PF_CHECKPOINT_SCHEMA: {
    status: 500,
    summary: 'The checkpoint has a version this engine can not read.',
    remedy: 'Use the version that wrote it or newer.',
  },
  PF_SKILL_UNKNOWN: {
    status: 400,
    summary: 'The agent has no such skill.',
    remedy: 'Name one of the skills of the agent card.',
  },
  PF_SECRET_MISSING: {
    status: 500,
    summary: 'A secret or variable that the agent declared has no value.',
    remedy: 'Set the variable that the message names.',
  },
  PF_OUTBOUND_DENIED: {
    status: 502,
    summary: 'An outbound address is not allowed.',
    remedy: "Add the host to the agent's needs.outbound, or to the host's allow-list.",
  },
  PF_HTTP_TIMEOUT: {
    status: 504,
    summary: 'A peer did not answer in time.',
    remedy: 'Raise the timeout or look at the peer.',
  },
  PF_HTTP_FAILED: {
    status: 502,
    summary: 'A peer could not be reached or answered with an error.',
    remedy: 'Look at the status and the cause in the error.',
  },
  PF_REMOTE_CARD: {
    status: 502,
    summary: "A peer's agent card could not be read or used.",
    remedy: "Look at the card's address and content.",
  },
  PF_REMOTE_ERROR: {
    status: 502,
    summary: 'A peer answered with a protocol error.',
    remedy: 'Read the code and details in the error.',
  },
  PF_REMOTE_RESPONSE: {
    status: 502,
    summary: 'A peer answered something that the protocol does not allow.',
    remedy: 'Report it to whoever runs the peer.',
  },
  PF_COMPONENT_INVALID: {
    status: 500,
    summary: 'The file is not a component this host can run.',
    remedy: 'Build it with `pf build`; `pf inspect` shows what is in it.',
  },
  PF_GUEST_TIMEOUT: {
    status: 504,
    summary: 'The component did not answer in time and was stopped.',
    remedy: 'Raise the time limit, or make the work shorter.',
  },
  PF_GUEST_MEMORY: {
    status: 507,
    summary: 'The component used up its memory.',
    remedy: 'Raise the memory limit, or use less.',
  },
  PF_GUEST_LOST: {
    status: 503,
    summary: 'Another request ended the thread that served this one.',
    remedy: 'With Retry-After send it again; without, look first whether it took effect. More workers make it rarer.',
  },
  PF_GUEST_TRAP: { status: 502, summary: 'The component crashed.', remedy: "Read the component's log." },
  PF_BUILD_FAILED: {
    status: 500,
    summary: 'The component could not be built.',
    remedy: 'Correct what the message names.',
  },
  PF_TOOL_CALL_INVALID: {
    status: 502,
    summary: 'The model kept making tool calls that can not be carried out.',
    remedy: "Look at the run's tool results: most often the tool's description or schema is not clear to the model.",
  },
  PF_MODEL_AUTH: {
    status: 502,
    summary: 'The provider of the model refused the key, or what the key may do.',
    remedy: 'Check the key, its project and its permissions.',
  },
  PF_MODEL_QUOTA: {
    status: 502,
    summary: 'The account at the provider of the model has no credit or quota left.',
    remedy: 'Look at the billing page of the provider.',
  },
  PF_MODEL_RATE_LIMITED: {
    status: 503,
    summary: 'The provider of the model takes no more requests for now.',
    remedy: 'Try again after the time in Retry-After, or name a fallback model.',
  },
  PF_MODEL_OVERLOADED: {
    status: 503,
    summary: 'The provider of the model is overloaded.',
    remedy: 'Try again later, or name a fallback model.',
  },
  PF_MODEL_UNAVAILABLE: {
    status: 502,
    summary: 'The provider of the model could not be reached, or failed.',
    remedy: 'Look at the status and the cause in the error; try again later, or name a fallback model.',
  },
  PF_MODEL_TIMEOUT: {
    status: 504,
    summary: 'The model did not answer in time.',
    remedy: 'Raise the timeout that the details name, or name a fallback model.',
  },
  PF_MODEL_CONTEXT_LENGTH: {
    status: 400,
    summary: 'The prompt is longer than the model can take.',
    remedy: 'Send less, or use a context strategy that shortens the history.',
  },
  PF_MODEL_CONTENT_FILTER: {
    status: 400,
    summary: 'The provider of the model refused the prompt for its content.',
    remedy: 'Change the prompt, or the filter of the provider.',
  },
  PF_MODEL_REQUEST_INVALID: {
    status: 500,
    summary: 'The provider of the model does not take the request.',
    remedy: 'Look at what the provider said in the error: most often a model name, an option or a schema.',
  },
  PF_MODEL_RESPONSE_INVALID: {
    status: 502,
    summary: 'The provider of the model answered something that its interface does not allow.',
    remedy: 'Check the base URL; report it to whoever runs the server.',
  },
  PF_MODEL_INTERRUPTED: {
    status: 502,
    summary: "The model's answer broke off after a part of it had come.",
    remedy: 'Ask again; what came is in the error.',
  },
} as const satisfies Record<string, { status: number; summary: string; remedy: string }>

/** A stable error code. */
export type ErrorCode = keyof typeof errorCodes

/**
 * The codes whose sentence goes with every program: those that runs and models end with. Others are made with a message.
 */
export const spokenCodes = [
  'PF_INTERNAL',
  'PF_TASK_NOT_FOUND',
  'PF_TASK_TERMINAL',
  'PF_TASK_NOT_CANCELABLE',
  'PF_CONTEXT_MISMATCH',
  'PF_BUSY',
  'PF_STORE_CONFLICT',
  'PF_STORE_UNAVAILABLE',
  'PF_LEASE_LOST',
  'PF_RUN_LOST',
  'PF_RUN_CANCELED',
  'PF_RUN_TIMEOUT',
  'PF_INTERRUPT_ANSWERED',
  'PF_INTERRUPT_UNKNOWN',
  'PF_INTERRUPT_EXPIRED',
  'PF_GUEST_MEMORY',
  'PF_MODEL_AUTH',
  'PF_MODEL_QUOTA',
  'PF_MODEL_RATE_LIMITED',
  'PF_MODEL_OVERLOADED',
  'PF_MODEL_UNAVAILABLE',
  'PF_MODEL_TIMEOUT',
  'PF_MODEL_CONTEXT_LENGTH',
  'PF_MODEL_CONTENT_FILTER',
  'PF_MODEL_REQUEST_INVALID',
  'PF_MODEL_RESPONSE_INVALID',
  'PF_MODEL_INTERRUPTED',
] as const satisfies ErrorCode[]

/** A code whose sentence goes with every program. */
export type SpokenCode = (typeof spokenCodes)[number]
