import { statement, tenantOf, type Unit } from '../../db/index.js'
import { newId } from '../../kernel/index.js'

/** Tells a store's staff of something that was done for them, in the caller's unit of work; once per key. */
export async function noteInFeed(unit: Unit, note: { key: string; data: object }): Promise<void> {
  await unit.run(
    statement(
      'notifications.note_in_feed',
      `insert into notification (tenant_id, id, channel, template, recipient, subject, data, state, unique_key, sent_at)
       values ($1, $2, 'feed', 'admin-ui', '', '', $3, 'sent', $4, now()) on conflict (tenant_id, unique_key) do nothing`,
      [tenantOf(unit), newId('noti'), JSON.stringify(note.data), note.key],
    ),
  )
}
