import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

export interface NextVersion {
  /** The program of a replica. */
  readonly main: string
  /** Runs its migration program. @returns its log */
  migrate(databaseUrl: string): Promise<string>
  remove(): void
}

/** A simulated next version of the backend: the current code with one more migration. */
export function nextVersion(migration: { readonly name: string; readonly sql: string }): NextVersion {
  const dir = mkdtempSync(join(tmpdir(), 'remo-next-'))
  for (const part of ['src-backend', 'src-kafka', 'src-shared', 'package.json']) {
    cpSync(join(root, part), join(dir, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  writeFileSync(join(dir, 'src-backend', 'db', 'migrations', migration.name), migration.sql)
  return {
    main: join(dir, 'src-backend', 'main.ts'),
    migrate: async (databaseUrl) => {
      const { PATH, HOME } = process.env
      const env = { DATABASE_URL: databaseUrl, KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1', REMO_DEMO: 'true' }
      const { stdout } = await run(process.execPath, [join(dir, 'src-backend', 'migrate.ts')], {
        env: { PATH, HOME, JWT_SECRET_KEY: 'remo-demo', ...env },
      })
      return stdout
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/**
 * Simulates new fields of a next version. From the migration on, rows of rules, alerts, events, evaluation states and the
 * outbox have a key that this version does not know, no matter which replica wrote them.
 */
export const unknownKeys = `
create function with_unknown_key(document jsonb) returns jsonb language sql immutable as
  $$ select document || '{"nextVersion": {"since": 1}}' $$;
create function add_unknown_keys() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'rule_version' then new.rule := with_unknown_key(new.rule); end if;
  if tg_table_name = 'alert' then new.alert := with_unknown_key(new.alert); end if;
  if tg_table_name = 'alert_event' then new.event := with_unknown_key(new.event); end if;
  if tg_table_name = 'node' then
    new.series := coalesce((select jsonb_object_agg(key, with_unknown_key(value)) from jsonb_each(new.series)), '{}');
    new.latest := coalesce((select jsonb_object_agg(key, with_unknown_key(value)) from jsonb_each(new.latest)), '{}');
  end if;
  -- a tombstone has no payload, and null with a key is null
  if tg_table_name = 'outbox' then new.payload := with_unknown_key(new.payload); end if;
  return new;
end $$;
create trigger next_version before insert or update on rule_version for each row execute function add_unknown_keys();
create trigger next_version before insert or update on alert for each row execute function add_unknown_keys();
create trigger next_version before insert or update on alert_event for each row execute function add_unknown_keys();
create trigger next_version before insert or update on node for each row execute function add_unknown_keys();
create trigger next_version before insert or update on outbox for each row execute function add_unknown_keys();
update rule_version set rule = rule;
update alert set alert = alert;
update alert_event set event = event;
update node set series = series;
`
