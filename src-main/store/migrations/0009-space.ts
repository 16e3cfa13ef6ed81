import type { CacheMigration } from '../migrate-cache.ts'

/**
 * What the retention by size asks: the oldest chunks of all nodes, and how much each day and node takes. The index has
 * the lengths, too, so that neither reads the chunks themselves. It takes 20 bytes for each chunk of a page.
 */
export const space: CacheMigration = {
  version: 9,
  name: '0009-space',
  up: (db) =>
    db.exec(`
      CREATE INDEX chunk_by_end ON chunk (t1, length(data));
      ALTER TABLE node ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
      UPDATE node SET bytes = taken.bytes FROM (
        SELECT id >> 32 AS no, sum(length(data)) AS bytes FROM chunk GROUP BY 1
      ) AS taken WHERE taken.no = node.no;
    `),
}
