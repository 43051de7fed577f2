import {
  type Capture,
  type Hit,
  type Observation,
  type Policy,
  type Repeat,
  type ScreenshotPlan,
  severityRank,
} from '#contract';
import type { Timers } from '#kernel';
import { isAcceptable, type MatchResult } from '#match';
import type { ForegroundWindow, Log, Random, Screen, ScreenPicture, SourceHealth } from '../ports/index.ts';
import { boundCapture } from './bound.ts';
import { createContextRing } from './contextRing.ts';
import { createCooldown } from './cooldown.ts';
import { createPhotographer, planPicture } from './picture.ts';

/** What a policy says about capturing. */
export interface CaptureSettings {
  readonly policyVersion: number;
  readonly screenshots: Policy['capture']['screenshots'];
  readonly cooldownMs: Policy['capture']['cooldownMs'];
  readonly contextEntries: Policy['capture']['contextEntries'];
}

/** Something seen, with the window to take a picture of; null where none may be taken. */
export interface Seen {
  readonly observation: Observation;
  readonly window: ForegroundWindow | null;
}

export interface CaptureDeps {
  readonly match: (observation: Observation) => MatchResult;
  /** Whether the rules know the sites that must never be pictured. */
  readonly knowSites: () => boolean;
  readonly outbox: {
    /** Resolves once the record is on disk, or kept in memory because the disk is full. */
    append(record: Capture | Repeat): Promise<unknown>;
    /** Answers the promise that a record made with `screenshot: awaited`. */
    settlePicture(recordId: string, picture: ScreenPicture): Promise<unknown>;
  };
  readonly screen: Screen;
  readonly timers: Pick<Timers, 'after' | 'monotonic'>;
  readonly random: Pick<Random, 'id'>;
  readonly health: { report(part: string, health: SourceHealth): void };
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** Turns what is seen into captures, and counts repeats. */
export interface CaptureStage {
  /** Matches and, where something hits, writes. Resolves when everything about it is written, its picture included. */
  see(seen: Seen): Promise<void>;
  setSettings(settings: CaptureSettings): void;
  /** Whether a picture of this may be taken at all, for a pupil's report. */
  planPicture(seen: Seen): ScreenshotPlan;
  /** Takes pictures one after another, also for reports. */
  takePicture(window: ForegroundWindow): Promise<ScreenPicture>;
}

/** What was in front longer ago than this explains nothing any more. */
const CONTEXT_AGE_MS = 1_800_000;

/** The most hits that one capture carries; `captureSchema` says so. */
const MOST_HITS = 100;

function worstFirst(hits: readonly Hit[]): Hit[] {
  return hits.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity)).slice(0, MOST_HITS);
}

/**
 * Observation + hits -> capture. The text is written before its picture is taken; critical hits are
 * always captures of their own; a locked category has no picture.
 */
export function createCapture(
  deps: CaptureDeps,
  options: { readonly settings: CaptureSettings },
): CaptureStage {
  const { outbox, timers } = deps;
  const ring = createContextRing({ maxAgeMs: CONTEXT_AGE_MS });
  const cooldown = createCooldown();
  const photographer = createPhotographer(deps);
  let settings = options.settings;

  function plan(hits: readonly Hit[], seen: Seen): ScreenshotPlan {
    return planPicture(hits, seen, { screenshots: settings.screenshots, knowSites: deps.knowSites() });
  }

  function buildCapture(seen: Seen, hits: Hit[], search: string | null): Capture {
    const { observation } = seen;
    return boundCapture({
      kind: 'capture',
      id: deps.random.id(),
      observation,
      hits,
      search,
      context: ring.last(settings.contextEntries, observation.at),
      screenshot: plan(hits, seen),
      policyVersion: settings.policyVersion,
    });
  }

  async function write(seen: Seen, capture: Capture): Promise<void> {
    await outbox.append(capture);
    if (capture.screenshot.state !== 'awaited' || seen.window === null) return;
    await outbox.settlePicture(capture.id, await photographer.take(seen.window));
  }

  async function see(seen: Seen): Promise<void> {
    const { observation } = seen;
    const found = deps.match(observation);
    const hits = worstFirst(found.hits);
    const worst = hits[0];
    if (worst === undefined || (found.disposition !== null && isAcceptable(found.disposition))) {
      if (observation.title !== '' || observation.url !== null) ring.add(observation);
      return;
    }
    const { user } = observation.session;
    const nowMs = timers.monotonic();
    const repeat =
      worst.severity === 'critical' ? null : cooldown.repeatOf(hits, user, nowMs, settings.cooldownMs);
    if (repeat !== null) {
      await outbox.append({ kind: 'repeat', id: deps.random.id(), ...repeat, lastAt: observation.at });
      return;
    }
    const capture = buildCapture(seen, hits, found.search);
    cooldown.remember(hits, user, nowMs, capture.id);
    ring.add(observation);
    deps.log.info({ captureId: capture.id, category: worst.category, severity: worst.severity }, 'captured');
    await write(seen, capture);
  }

  return {
    see: (seen) =>
      see(seen).catch((failure: unknown) => deps.log.error({ failure }, 'a capture could not be written')),
    setSettings(next) {
      settings = next;
    },
    planPicture: (seen) => plan(deps.match(seen.observation).hits, seen),
    takePicture: photographer.take,
  };
}
