import type { Policy } from '#contract';
import { createDisposables, type Disposable, type Timers } from '#kernel';
import { createSealer } from '#seal';
import { type CaptureStage, createCapture } from '../capture/index.ts';
import { startDelivery, startHeartbeat } from '../deliver/index.ts';
import {
  createEnrolment,
  createIntakeKeys,
  type Identity,
  type TokenSource,
  untilEnrolled,
} from '../enrolment/index.ts';
import { createHealth, createHealthJournal } from '../health/index.ts';
import { createServerLink } from '../link/index.ts';
import { createRules, type RulesDeps } from '../match/index.ts';
import { createNotice } from '../notice/index.ts';
import { createObserve, type Observe } from '../observe/index.ts';
import { createOutbox, type Outbox, type OutboxStats } from '../outbox/index.ts';
import { createPolicyKeeper, startPolicyFeed } from '../policy/index.ts';
import type {
  BrowserTabs,
  Files,
  Http,
  KeyVault,
  Log,
  Pages,
  Random,
  RuleCompiler,
  Screen,
  SessionPort,
  Tray,
  Windows,
} from '../ports/index.ts';
import { monitoringOf, trayView } from '../tray/index.ts';
import { createPhases, type Phase } from './phases.ts';
import { captureSettings, FIRST_POLICY, observeSettings, policyFor } from './settings.ts';
import { stopWithin } from './shutdown.ts';

/** The outside world, as ports. */
export interface AgentDeps {
  readonly windows: Windows;
  readonly tabs: BrowserTabs;
  readonly session: SessionPort;
  readonly screen: Screen;
  readonly keyVault: KeyVault;
  readonly files: Files;
  readonly tray: Tray;
  readonly pages: Pages;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** HTTP that trusts this CA alone, or the system's where it is null. */
  readonly connect: (caPem: string | null) => Http;
  readonly ruleCompiler: RuleCompiler;
  readonly compiledPacks: RulesDeps['compiledPacks'];
  /** Site lists on this machine; the callback comes when one of them changed. */
  readonly machineLists: {
    read: RulesDeps['machineLists'];
    watch(onChange: () => void): Disposable;
  };
  /** Where an enrolment token may be, first to last. */
  readonly tokenSources: readonly TokenSource[];
}

export interface AgentOptions {
  readonly agentVersion: string;
  readonly platform: 'win32' | 'darwin' | 'linux';
  /** Accepts a key vault without protection. */
  readonly development: boolean;
  readonly ownProcessId: number;
}

/** One agent in one session. */
export interface Agent {
  /** Resolves once it is running, or stopped before that. Waits as long as it takes to be enrolled. */
  start(): Promise<void>;
  /** Stops everything in reverse order, within a few seconds. Never rejects. */
  stop(): Promise<void>;
  phase(): Phase;
  /** What waits in the outbox; null before the device is enrolled. */
  queue(): OutboxStats | null;
}

/** When rules that are not those of a new policy could not be compiled. */
const COMPILE_AGAIN_MS = 300_000;

/** The parts that exist once the device is enrolled. */
interface Running {
  readonly outbox: Outbox;
  readonly capture: CaptureStage;
}

/**
 * Composes the agent of its stages. Nothing here knows Electron: the same composition runs on plain Node.
 * A second `start` is a bug.
 */
export function createAgent(deps: AgentDeps, options: AgentOptions): Agent {
  const { timers, random, log, files } = deps;
  const parts = createDisposables();
  const stopping = new AbortController();
  const health = createHealth({ clock: timers });
  const rules = createRules({
    ruleCompiler: deps.ruleCompiler,
    compiledPacks: deps.compiledPacks,
    machineLists: deps.machineLists.read,
    health,
    log,
  });
  const tray = parts.add(deps.tray.open(choose));
  const phases = createPhases((phase) => {
    log.info({ phase }, 'phase');
    showTray();
  });
  let policy: Policy | null = null;
  let watching = false;
  /** Whether there is something to compile that nobody has begun with. */
  let willCompile = false;
  let running: Running | null = null;

  const observe: Observe = createObserve(deps, {
    settings: observeSettings(FIRST_POLICY),
    ownProcessId: options.ownProcessId,
  });
  const notice = createNotice({
    pages: deps.pages,
    policy: () => policy,
    monitoring: () => monitoringOf({ phase: phases.current(), watching, health: health.items() }),
    lastInFront: observe.lastInFront,
    session: observe.session,
    planPicture: (seen) => need(running).capture.planPicture(seen),
    takePicture: (window) => need(running).capture.takePicture(window),
    outbox: {
      append: (record) => need(running).outbox.append(record),
      settlePicture: (id, picture) => need(running).outbox.settlePicture(id, picture),
    },
    timers,
    random,
    log,
  });
  parts.add(health.onChange(showTray));

  function showTray(): void {
    if (stopping.signal.aborted) return;
    const schoolName = policy?.school.name ?? null;
    tray.show(trayView({ phase: phases.current(), watching, schoolName, health: health.items() }));
  }

  function choose(choice: 'report' | 'notice'): void {
    if (choice === 'notice') notice.openNotice();
    else if (running !== null) void notice.openReport();
  }

  /** Swaps rules, and looks anew at what has been in front all along where only the new ones flag it. */
  function putToWork(swap: () => void): void {
    const front = observe.lastInFront();
    const isFlagged = (): boolean => front !== null && rules.match(front.observation).hits.length > 0;
    const wasFlagged = isFlagged();
    swap();
    if (!wasFlagged && isFlagged()) observe.lookAgain();
  }

  /**
   * Site lists changed, or the start was made with the bundled rules alone: the policy at work is compiled again, also
   * one that came in meanwhile. A policy that is being compiled is put to work first, and one that comes while this
   * compiles takes the new lists itself.
   */
  async function compileAgain(): Promise<void> {
    if (willCompile) return;
    willCompile = true;
    let at = FIRST_POLICY;
    const compiled = await rules.compileNext(() => {
      willCompile = false;
      at = policy ?? FIRST_POLICY;
      return at;
    });
    if (compiled.kind === 'superseded') {
      // The one that took its place may have been refused.
      return rules.isWhole() || stopping.signal.aborted ? undefined : compileAgain();
    }
    if ((policy ?? FIRST_POLICY) !== at) return compileAgain();
    if (compiled.kind === 'compiled') {
      putToWork(() => rules.swap(compiled.rules, at.audience));
      log.info({}, 'rules that were compiled again are in force');
    }
    if (compiled.kind === 'failed') parts.add(timers.after(COMPILE_AGAIN_MS, () => void compileAgain()));
  }

  /** Everything that writes or sends: first started, last stopped. */
  async function startPath(identity: Identity, enrolment: ReturnType<typeof createEnrolment>): Promise<void> {
    const { intakeKey, deviceKey, deviceId } = identity;
    const { user } = await deps.session.facts();
    const sealer = createSealer({ clock: timers, deviceKey }, { intakeKey });
    const intakeKeys = parts.add(
      createIntakeKeys({ use: sealer.useIntakeKey, keep: enrolment.saveIntakeKey, health, log }, intakeKey),
    );
    const outbox = parts.add(
      await createOutbox(
        { files, sealer, timers, random, health },
        { deviceId, maxBytes: FIRST_POLICY.outbox.maxBytes },
      ),
    );
    const link = createServerLink({ http: deps.connect(identity.caPem), timers, random }, identity);
    const capture = createCapture(
      {
        match: rules.match,
        knowSites: rules.knowSites,
        outbox,
        screen: deps.screen,
        timers,
        random,
        health,
        log,
      },
      { settings: captureSettings(FIRST_POLICY) },
    );
    running = { outbox, capture };

    let heartbeat: ReturnType<typeof startHeartbeat> | null = null;
    function apply(next: Policy): void {
      policy = next;
      observe.setSettings(observeSettings(next));
      capture.setSettings(captureSettings(next));
      outbox.setMaxBytes(next.outbox.maxBytes);
      deps.tabs.setSettings({ kind: 'settings', privateWindows: next.capture.privateWindows });
      heartbeat?.soon();
      showTray();
    }

    const keeper = createPolicyKeeper({
      files,
      policyKey: identity.policyKey,
      compile: rules.compile,
      apply(next, matcher) {
        const own = policyFor(user, next);
        putToWork(() => {
          rules.swap(matcher, own.audience);
          apply(own);
        });
      },
      onIntakeKey: intakeKeys.take,
      health,
      log,
    });
    await keeper.load();
    if (policy === null) {
      const rest = await rules.compileRest(FIRST_POLICY);
      if (rest !== null) rules.swap(rest, FIRST_POLICY.audience);
      apply(FIRST_POLICY);
    }
    if (stopping.signal.aborted) return;
    parts.add(deps.machineLists.watch(() => void compileAgain()));
    if (!rules.isWhole()) void compileAgain();

    parts.add(createHealthJournal({ health, timers, random, write: (record) => void outbox.append(record) }));
    parts.add(startDelivery({ outbox, link, timers, random, health, log }));
    const feed = parts.add(startPolicyFeed({ link, keeper, files, timers, random, log }));
    heartbeat = parts.add(
      startHeartbeat({
        link,
        timers,
        random,
        agentVersion: options.agentVersion,
        policyVersions: keeper.versions,
        health: health.items,
        queue: outbox.stats,
        onPolicyEtag: feed.heard,
      }),
    );
  }

  async function startWatching({ capture }: Running): Promise<Disposable> {
    return observe.start({
      onSighting: (sighting) => void capture.see(sighting),
      onWatching(now) {
        watching = now;
        showTray();
      },
      onHealth: health.report,
    });
  }

  return {
    phase: phases.current,
    queue: () => running?.outbox.stats() ?? null,
    async start() {
      log.info({ version: options.agentVersion, platform: options.platform }, 'starting');
      showTray();
      parts.add(notice.start());
      phases.advance('enrolling');
      const enrolment = createEnrolment(
        { vault: deps.keyVault, connect: deps.connect, facts: deps.session.facts, timers },
        options,
      );
      const identity = await untilEnrolled(
        { enrolment, sources: deps.tokenSources, timers, random, health, log },
        stopping.signal,
      );
      if (identity === null) return;
      await startPath(identity, enrolment);
      if (stopping.signal.aborted || running === null) return;
      parts.add(await startWatching(running));
      phases.advance('running');
    },
    async stop() {
      if (!phases.advance('stopping')) return;
      stopping.abort();
      // The rules first: what is being started or stopped may wait for them.
      const all = { dispose: () => rules.dispose().then(parts.dispose) };
      await stopWithin(all, { timers, log });
      log.info({}, 'stopped');
    },
  };
}

/** What can only be asked for once it exists: the tray offers no report before the device is enrolled. */
function need(running: Running | null): Running {
  if (running === null) throw new Error('the device is not enrolled');
  return running;
}
