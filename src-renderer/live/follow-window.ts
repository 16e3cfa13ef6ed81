import { untrack } from 'svelte'
import type { Attachment } from 'svelte/attachments'
import type { SeriesWindow } from './series-window.svelte.ts'

/** Keeps a window of samples up to date for as long as the element that shows it is on the page. */
export const followWindow =
  (series: SeriesWindow | undefined): Attachment =>
  () =>
    untrack(() => series?.follow())
