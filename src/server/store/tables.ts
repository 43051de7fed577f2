import type { Kysely, Transaction } from 'kysely';
import type { Audience, Category, ItemState, Priority } from '#contract';

/**
 * Every table, once, beside the migrations that make them. Times are milliseconds since 1970 UTC, bytes are
 * base64url, lists and objects JSON text, so that both databases hold the same values.
 *
 * What stands in clear is only what order and bookkeeping need. What was seen or written about a child is in
 * `records.envelope` (sealed by the device) and `item_history.note` (sealed by the server's data key).
 *
 * One feature writes a table: keys -> keys; policy -> policies; accounts -> accounts, sessions,
 * sign_in_failures; devices -> enrolment_tokens, devices, request_tokens, settings; ingest -> records, items (new ones),
 * repeats, pictures, sequence_gaps, known_losses, quarantine; review -> items (state), item_history;
 * audit -> audit.
 */
export interface Tables {
  keys: {
    id: string;
    kind: 'intake' | 'policy' | 'data';
    /** Raw public key; null for the symmetric data key. */
    public_key: string | null;
    /** The private half, AES-256-GCM under the master key: nonce, ciphertext and tag. */
    wrapped: string;
    /** Which master key wrapped it. */
    master_id: string;
    created_at: number;
    /** 1 for the one intake key that devices seal to now. */
    current: number;
  };
  policies: { version: number; document: string; issued_at: number };
  accounts: {
    id: string;
    username: string;
    display_name: string;
    role: 'technician' | 'dsl' | 'contractor';
    password_hash: string;
    created_at: number;
    /** Since when nobody may sign in with it. */
    disabled_at: number | null;
  };
  sessions: {
    /** SHA-256 of the cookie's secret. */
    id: string;
    account_id: string;
    created_at: number;
    /** The last deliberate request. */
    active_at: number;
  };
  sign_in_failures: { id: string; username: string; address: string; at: number };
  enrolment_tokens: {
    id: string;
    secret_hash: string;
    site: string;
    audience: Audience;
    created_at: number;
    expires_at: number;
    uses: number;
    used: number;
    withdrawn_at: number | null;
  };
  devices: {
    id: string;
    public_key: string;
    hardware_id: string;
    machine: string;
    platform: 'win32' | 'darwin' | 'linux';
    agent_version: string;
    site: string;
    audience: Audience;
    token_id: string;
    enrolled_at: number;
    revoked_at: number | null;
    revoked_reason: string | null;
    superseded_by: string | null;
    last_seen_at: number | null;
    policy_received: number | null;
    policy_applied: number | null;
    /** The last heartbeat's health items and queue. */
    health: string;
    queue: string | null;
    /** The highest sequence number known to have been given out. */
    known_sequence: number;
  };
  request_tokens: { jti: string; expires_at: number };
  /** What the server knows of itself, by name; the value is JSON. */
  settings: { name: 'address'; value: string };
  records: {
    id: string;
    device_id: string;
    sequence: number;
    kind: 'capture' | 'repeat' | 'report' | 'screenshot' | 'dropped' | 'health';
    priority: Priority;
    created_at: number;
    received_at: number;
    /** The envelope as received, as JSON. */
    envelope: string;
  };
  items: {
    id: string;
    device_id: string;
    kind: 'capture' | 'report';
    state: ItemState;
    /** 1 (low) to 4 (critical). */
    severity: number;
    category: Category | null;
    created_at: number;
    received_at: number;
    /** What the text says of its picture. */
    picture: 'awaited' | 'none';
  };
  repeats: { device_id: string; capture_id: string; occurrences: number; last_at: number };
  pictures: {
    device_id: string;
    record_id: string;
    state: 'taken' | 'none';
    reason: string | null;
    sha256: string | null;
    sealed_bytes: number | null;
    media_type: 'image/jpeg' | 'image/png' | null;
    width: number | null;
    height: number | null;
    /** When the sealed bytes arrived. */
    stored_at: number | null;
  };
  sequence_gaps: { device_id: string; first: number; last: number; since: number };
  known_losses: { device_id: string; first: number; last: number; reason: string; at: number };
  quarantine: {
    /** SHA-256 of device and envelope, so that a repeated bad record takes no more room. */
    id: string;
    device_id: string;
    reason: string;
    received_at: number;
    envelope: string;
  };
  item_history: {
    id: string;
    item_id: string;
    at: number;
    account_id: string;
    action: 'viewed' | 'screenshot_viewed' | 'no_concern' | 'passed' | 'action_recorded' | 'reopened';
    note: string | null;
  };
  audit: {
    id: string;
    at: number;
    /** An account id, `device:` and an id, or `command line`. */
    actor: string;
    action: string;
    /** What it was done to: an item's, device's, account's or token's id. */
    subject: string | null;
    /** JSON of codes, counts and ids; never evidence. */
    detail: string;
  };
}

export type Db = Kysely<Tables>;
export type Trx = Transaction<Tables>;
/** A connection or a transaction: queries that can run in either take this. */
export type DbOrTrx = Db | Trx;
export type DatabaseKind = 'sqlite' | 'postgres';
