import { type Constructor, Model, type QueryBuilderType, type TransactionOrKnex } from 'objection'
import { currentUnit } from './database.js'

/**
 * Base of every Objection model. Queries take their transaction from the unit of work they run in, and throw where
 * there is none, so that no model can be read or written outside a tenant's context. Keys are composite
 * `(tenant_id, id)`; `tenant_id` is filled in by the database from the context.
 */
export class BaseModel extends Model {
  static override get idColumn(): string | string[] {
    return ['tenant_id', 'id']
  }

  static override query<M extends Model>(this: Constructor<M>, trx?: TransactionOrKnex): QueryBuilderType<M> {
    return Model.query.call(this, trx ?? currentUnit().knex) as unknown as QueryBuilderType<M>
  }
}
