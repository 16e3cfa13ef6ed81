import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import type { LiveSeries } from './live-series.svelte.ts'

/** Keeps a window of samples up to date for as long as the element that shows it is on the page. */
export const followSeries =
  (series: LiveSeries | undefined): Attachment =>
  () =>
    untrack(() => series?.follow())
