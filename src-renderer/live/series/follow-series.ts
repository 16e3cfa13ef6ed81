import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import type { LiveSeries } from './live-series.svelte.ts'

/** Keeps a series up to date while its element is on the page. */
export const followSeries =
  (series: LiveSeries | undefined): Attachment =>
  () =>
    untrack(() => series?.follow())
