import { useMemo, useState } from 'react';
import { Button, EmptyState, HostileText, Icon, type IconName, Lapwing } from '#ui';
import { explain, failureOf, useDevices } from '../api/index.ts';
import { count } from '../words/index.ts';
import { Moment, useNow, useWorld } from '../world/index.ts';
import { type DeviceStatus, type DeviceView, sortDevices, viewDevice } from './health.ts';

const STATUS_WORDS: Record<DeviceStatus, string> = {
  problem: 'Needs a hand',
  unseen: 'Not seen for days',
  away: 'Not on now',
  watching: 'Watching',
  revoked: 'Taken out',
};

const STATUS_ICONS: Record<DeviceStatus, IconName> = {
  problem: 'warning',
  unseen: 'offline',
  away: 'moon',
  watching: 'check',
  revoked: 'close',
};

const PLATFORM_WORDS = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' } as const;
const FILTERS: readonly DeviceStatus[] = ['problem', 'unseen', 'away', 'watching', 'revoked'];

/** The fleet: which devices watch, which were not heard of, what is wrong and what to do. Shows no evidence. */
export function DevicesPage() {
  const { api } = useWorld();
  const now = useNow();
  const query = useDevices(api);
  const [filter, setFilter] = useState<DeviceStatus | null>(null);
  const [search, setSearch] = useState('');
  const views = useMemo(
    () => sortDevices((query.data ?? []).map((device) => viewDevice(device, now))),
    [query.data, now],
  );
  const shown = views.filter(
    ({ status, device }) =>
      (filter === null || status === filter) &&
      device.machine.toLowerCase().includes(search.trim().toLowerCase()),
  );

  return (
    <main className="devices" id="main">
      <header className="devices-head">
        <h1>Devices</h1>
        {views.length > 0 && <p className="muted">{summary(views)}</p>}
      </header>
      {query.isPending && <p role="status">Loading …</p>}
      {query.isError && query.data === undefined && (
        <EmptyState title="The devices couldn’t be loaded">
          <p>{explain(failureOf(query.error))}</p>
          <Button onPress={() => void query.refetch()}>Try again</Button>
        </EmptyState>
      )}
      {query.data?.length === 0 && (
        <EmptyState title="No device has joined yet" picture={<Lapwing size={64} />}>
          <p>
            Make an enrolment token on the server and give it to a computer; it appears here within a minute.
          </p>
        </EmptyState>
      )}
      {views.length > 0 && (
        <>
          <div className="devices-tools">
            <fieldset className="filters">
              <legend className="hidden-visually">Show only</legend>
              <FilterButton
                isOn={filter === null}
                onPress={() => setFilter(null)}
                label="All"
                amount={views.length}
              />
              {FILTERS.map((status) => {
                const amount = views.filter((view) => view.status === status).length;
                if (amount === 0) return null;
                return (
                  <FilterButton
                    key={status}
                    isOn={filter === status}
                    onPress={() => setFilter(filter === status ? null : status)}
                    label={STATUS_WORDS[status]}
                    amount={amount}
                  />
                );
              })}
            </fieldset>
            <div className="lw-search devices-search">
              <Icon name="search" size={18} />
              <input
                type="search"
                aria-label="Search devices by name"
                placeholder="Search by name"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
              />
            </div>
          </div>
          <DeviceTable views={shown} />
        </>
      )}
    </main>
  );
}

function summary(views: readonly DeviceView[]): string {
  const active = views.filter((view) => view.status !== 'revoked');
  const heard = active.filter((view) => view.status === 'watching').length;
  const problems = active.filter((view) => view.status === 'problem' || view.status === 'unseen').length;
  const watching = `${heard} of ${count(active.length, 'device')} watching without a fault.`;
  return problems === 0 ? watching : `${watching} ${count(problems, 'device needs', 'devices need')} a hand.`;
}

function FilterButton(props: { label: string; amount: number; isOn: boolean; onPress(): void }) {
  return (
    <button type="button" className="filter" aria-pressed={props.isOn} onClick={props.onPress}>
      {props.label} <span className="filter-count">{props.amount}</span>
    </button>
  );
}

function DeviceTable({ views }: { views: readonly DeviceView[] }) {
  if (views.length === 0) return <p className="muted">No device matches.</p>;
  return (
    <table className="fleet">
      <caption className="hidden-visually">Devices, those that need a hand first</caption>
      <thead>
        <tr>
          <th scope="col">Device</th>
          <th scope="col">State</th>
          <th scope="col">Last seen</th>
          <th scope="col" className="number">
            Policy
          </th>
          <th scope="col" className="number">
            Waiting to send
          </th>
          <th scope="col">Agent</th>
        </tr>
      </thead>
      {views.map((view) => (
        <DeviceRows key={view.device.id} view={view} />
      ))}
    </table>
  );
}

function DeviceRows({ view: { device, status, findings } }: { view: DeviceView }) {
  return (
    <tbody className={findings.length > 0 ? 'fleet-device fleet-found' : 'fleet-device'}>
      <tr>
        <th scope="row">
          <HostileText text={device.machine} />
        </th>
        <td data-label="State">
          <span className={`status status-${status}`}>
            <Icon name={STATUS_ICONS[status]} size={16} />
            {STATUS_WORDS[status]}
          </span>
        </td>
        <td data-label="Last seen">
          {device.lastSeenAt === null ? 'Never' : <Moment at={device.lastSeenAt} />}
        </td>
        <td data-label="Policy" className="number">
          {device.policyApplied ?? '–'}
        </td>
        <td data-label="Waiting to send" className="number">
          {device.queueRecords ?? '–'}
        </td>
        <td data-label="Agent">
          {PLATFORM_WORDS[device.platform]} · {device.agentVersion}
        </td>
      </tr>
      {findings.length > 0 && (
        <tr>
          <td colSpan={6} className="fleet-findings">
            <ul>
              {findings.map((finding) => (
                <li key={finding}>{finding}</li>
              ))}
            </ul>
          </td>
        </tr>
      )}
    </tbody>
  );
}
