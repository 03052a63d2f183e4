export { type AskedAt, type EventName, type EventPayloads, type HandlerName, handlersOf } from './catalogue.js'
export { type WebhookTypeName, webhookTypeNames, webhookTypes, webhookTypesOf } from './webhook-types.js'
export { type EmitOptions, emit, hasten, insertEventSql, nudgeAfter, onEmit } from './emit.js'
