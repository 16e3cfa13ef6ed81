import type { CacheMigration } from '../migrate-cache.ts'
import { samples } from './0001-samples.ts'
import { stream } from './0002-stream.ts'
import { alerts } from './0003-alerts.ts'
import { meta } from './0004-meta.ts'
import { shared } from './0005-shared.ts'
import { team } from './0006-team.ts'
import { columns } from './0007-columns.ts'
import { forgottenNodes } from './0008-forgotten-nodes.ts'
import { space } from './0009-space.ts'
import { silences } from './0010-silences.ts'
import { history } from './0011-history.ts'
import { unseen } from './0012-unseen.ts'
import { shownReports } from './0013-shown-reports.ts'
import { parts } from './0014-parts.ts'
import { mappings } from './0015-mappings.ts'

/** In order. A released step never changes; a change is a new step. */
export const migrations: readonly CacheMigration[] = [
  samples,
  stream,
  alerts,
  meta,
  shared,
  team,
  columns,
  forgottenNodes,
  space,
  silences,
  history,
  unseen,
  shownReports,
  parts,
  mappings,
]
