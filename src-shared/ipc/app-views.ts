import { z } from 'zod'
import { BundledPackage } from '../license/bundled-package.ts'
import { appSettings, settingKeys, SettingKey, SettingSource } from '../settings/app-settings.ts'
import type { SettingValues } from '../settings/app-settings.ts'
import { DesktopFacts } from './desktop-facts.ts'

const valueShape = Object.fromEntries(settingKeys.map((key) => [key, appSettings[key].schema]))

/** The settings in force, and where each is from. */
export const SettingsView = z.strictObject({
  values: z.strictObject(valueShape) as unknown as z.ZodType<SettingValues>,
  sources: z.record(SettingKey, SettingSource),
  /** Path of settings.json. */
  file: z.string(),
  /** Values of the file that cannot be used: one sentence each. */
  problems: z.array(z.string()),
  /** Facts that limit a setting. */
  system: z.strictObject({
    /** The desktop shows tray icons. Without one, closing the window quits or asks. */
    hasTray: z.boolean(),
    /** The system asks for less motion. */
    reducesMotion: z.boolean(),
    /** Why ReMo cannot start on login here, one sentence. */
    loginProblem: z.string().optional(),
    /** The system writes times of day with AM and PM. */
    hour12: z.boolean(),
    /** Name of the local time zone: `Europe/Zurich`. */
    timeZone: z.string(),
    /** Desktop notifications work. */
    notifies: z.boolean(),
    /** Absent until the desktop was asked. */
    desktop: DesktopFacts.optional(),
    /** Why the own audio file (`sound.file`) cannot be played, one sentence. Sounds of ReMo are played instead. */
    soundProblem: z.string().optional(),
  }),
})
export type SettingsView = z.infer<typeof SettingsView>

/** Bytes, unless the name says otherwise. Times in epoch ms. */
export const CacheUsage = z.strictObject({
  samples: z.number(),
  journal: z.number(),
  /** Write-ahead log and free pages: given back by compacting. */
  free: z.number(),
  wal: z.number(),
  history: z.number(),
  logs: z.number(),
  /** All files of the connection's cache. */
  total: z.number(),
  limit: z.number(),
  diskFree: z.number().optional(),
  nodes: z.number(),
  series: z.number(),
  values: z.number(),
  alerts: z.number(),
  oldest: z.number().nullable(),
  /** Bytes of samples by day of their event time, oldest first. */
  days: z.array(z.strictObject({ day: z.string(), bytes: z.number() })),
  /** The nodes that take most. */
  largest: z.array(z.strictObject({ id: z.string(), name: z.string(), series: z.number(), bytes: z.number() })),
  /** When the size limit will be reached at today's rate; null: not before the age limit. */
  fullAt: z.number().nullable(),
  /** Event time of what goes first then. */
  firstToGo: z.number().nullable(),
  compactedAt: z.number().nullable(),
})
export type CacheUsage = z.infer<typeof CacheUsage>

/** Texts of the license of a library: its license, notices, and licenses of what it contains. */
export const LicenseText = z.strictObject({
  texts: BundledPackage.shape.texts,
  /** Why license or text are not as the library has them. */
  note: z.string().optional(),
})
export type LicenseText = z.infer<typeof LicenseText>

/** Versions and folders, for the page About. */
export const About = z.strictObject({
  version: z.string(),
  revision: z.string(),
  electron: z.string(),
  chromium: z.string(),
  node: z.string(),
  system: z.string(),
  dataDir: z.string(),
  logDir: z.string(),
  metricsUrl: z.string(),
  /** Libraries in the app, with their license. */
  licenses: z.array(BundledPackage.pick({ name: true, version: true, license: true })),
  /** Everything above and the state, as text to paste into a report. No secrets and no names of nodes. */
  report: z.string(),
})
export type About = z.infer<typeof About>
