import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The tables of a server that takes in records and lets people review them. */
export const foundation: Migration = {
  async up(db: Kysely<unknown>) {
    const schema = db.schema;
    await schema
      .createTable('keys')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('public_key', 'text')
      .addColumn('wrapped', 'text', (c) => c.notNull())
      .addColumn('master_id', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('current', 'integer', (c) => c.notNull())
      .execute();
    await schema
      .createTable('policies')
      .addColumn('version', 'integer', (c) => c.primaryKey())
      .addColumn('document', 'text', (c) => c.notNull())
      .addColumn('issued_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createTable('accounts')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('username', 'text', (c) => c.notNull().unique())
      .addColumn('display_name', 'text', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createTable('sessions')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('active_at', 'bigint', (c) => c.notNull())
      .execute();
    await schema
      .createTable('sign_in_failures')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('username', 'text', (c) => c.notNull())
      .addColumn('address', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .execute();
    await schema.createIndex('sign_in_failures_at').on('sign_in_failures').column('at').execute();

    await schema
      .createTable('enrolment_tokens')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('secret_hash', 'text', (c) => c.notNull())
      .addColumn('site', 'text', (c) => c.notNull())
      .addColumn('audience', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .addColumn('uses', 'integer', (c) => c.notNull())
      .addColumn('used', 'integer', (c) => c.notNull())
      .addColumn('withdrawn_at', 'bigint')
      .execute();
    await schema
      .createTable('devices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('public_key', 'text', (c) => c.notNull())
      .addColumn('hardware_id', 'text', (c) => c.notNull())
      .addColumn('machine', 'text', (c) => c.notNull())
      .addColumn('platform', 'text', (c) => c.notNull())
      .addColumn('agent_version', 'text', (c) => c.notNull())
      .addColumn('site', 'text', (c) => c.notNull())
      .addColumn('audience', 'text', (c) => c.notNull())
      .addColumn('token_id', 'text', (c) => c.notNull())
      .addColumn('enrolled_at', 'bigint', (c) => c.notNull())
      .addColumn('revoked_at', 'bigint')
      .addColumn('revoked_reason', 'text')
      .addColumn('superseded_by', 'text')
      .addColumn('last_seen_at', 'bigint')
      .addColumn('policy_received', 'bigint')
      .addColumn('policy_applied', 'bigint')
      .addColumn('health', 'text', (c) => c.notNull())
      .addColumn('queue', 'text')
      .addColumn('known_sequence', 'bigint', (c) => c.notNull())
      .execute();
    await schema.createIndex('devices_hardware').on('devices').column('hardware_id').execute();
    await schema
      .createTable('request_tokens')
      .addColumn('jti', 'text', (c) => c.primaryKey())
      .addColumn('expires_at', 'bigint', (c) => c.notNull())
      .execute();
    // Lost in a crash, like the memory of a single server: a replay is then possible once, and harmless.
    if (db.getExecutor().adapter instanceof PostgresAdapter) {
      await sql`alter table request_tokens set unlogged`.execute(db);
    }
    await schema.createIndex('request_tokens_expiry').on('request_tokens').column('expires_at').execute();

    await schema
      .createTable('records')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('sequence', 'bigint', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('priority', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('envelope', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('items')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('severity', 'integer', (c) => c.notNull())
      .addColumn('category', 'text')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('picture', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createIndex('items_queue')
      .on('items')
      .columns(['state', 'severity', 'received_at', 'id'])
      .execute();
    await schema.createIndex('items_received').on('items').column('received_at').execute();
    await schema
      .createTable('repeats')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('capture_id', 'text', (c) => c.notNull())
      .addColumn('occurrences', 'bigint', (c) => c.notNull())
      .addColumn('last_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('repeats_key', ['capture_id', 'device_id'])
      .execute();
    await schema
      .createTable('pictures')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('record_id', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('sha256', 'text')
      .addColumn('sealed_bytes', 'integer')
      .addColumn('media_type', 'text')
      .addColumn('width', 'integer')
      .addColumn('height', 'integer')
      .addColumn('stored_at', 'bigint')
      .addPrimaryKeyConstraint('pictures_key', ['record_id', 'device_id'])
      .execute();
    await schema.createIndex('pictures_sha256').on('pictures').column('sha256').execute();
    await schema
      .createTable('sequence_gaps')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('first', 'bigint', (c) => c.notNull())
      .addColumn('last', 'bigint', (c) => c.notNull())
      .addColumn('since', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('sequence_gaps_key', ['device_id', 'first'])
      .execute();
    await schema
      .createTable('known_losses')
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('first', 'bigint', (c) => c.notNull())
      .addColumn('last', 'bigint', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('known_losses_key', ['device_id', 'first', 'last'])
      .execute();
    await schema
      .createTable('quarantine')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('device_id', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('envelope', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('quarantine_device').on('quarantine').column('device_id').execute();

    await schema
      .createTable('item_history')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('item_id', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('account_id', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('note', 'text')
      .execute();
    await schema.createIndex('item_history_item').on('item_history').columns(['item_id', 'id']).execute();
    await schema
      .createTable('audit')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('subject', 'text')
      .addColumn('detail', 'text', (c) => c.notNull().defaultTo(sql`'{}'`))
      .execute();
    await schema.createIndex('audit_at').on('audit').column('at').execute();
  },
};
