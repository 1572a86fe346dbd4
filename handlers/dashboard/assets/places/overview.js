// The fleet at a glance, alive.
import { html, useEffect, useState } from "../vendor.js";
import { api } from "../session.js";
import { ago, number, t } from "../texts.js";
import { to } from "../router.js";
import { topics } from "../live.js";
import { BuildProgress, Card, Loaded, Title, useLoaded } from "../parts/basics.js";
import { Chart, Counts } from "../parts/charts.js";
import { alertLink } from "../parts/alerts.js";

const HOURS = 48;
const QUIET = 10_000; // milliseconds between two readings of what is not told live
const DAY = 86_400_000;
const STATUS_COLOURS = {
  assigned: "--green",
  reserved: "--blue",
  unknown: "--orange",
  available: "--violet",
  "in repair": "--red",
  unsubscribed: "--muted",
};

export function Overview() {
  const figures = topics.overview.value;
  const beat = useBeat(figures);
  return html`
    <${Title}>${t("Overview")}</${Title}>
    <${Headline} of=${figures} />
    <div class="cards">
      <${Hours} beat=${beat} />
      <${Running} />
      <${Alerts} />
      <${Builds} />
      <${Statuses} of=${figures} />
      <${Ages} beat=${beat} />
      <${Groups} beat=${beat} title=${t("Computers by project")} path="stats/computers/projects/" filter="project__id" id="project_id" />
      <${Groups} beat=${beat} title=${t("Computers by platform")} path="stats/computers/platforms/" filter="platform__id" id="platform_id" />
      <${Unchecked} beat=${beat} title=${t("Unchecked errors")} kind="errors" colour="--red" />
      <${Unchecked} beat=${beat} title=${t("Unchecked faults")} kind="faults" colour="--orange" />
    </div>
  `;
}

/** A number that grows when something live has changed, but not too often. */
function useBeat(cause) {
  const [beat, setBeat] = useState({ number: 0, at: Date.now() });
  const [first] = useState(() => JSON.stringify(cause));
  const now = JSON.stringify(cause);
  useEffect(() => {
    if (now === first && beat.number === 0) return;
    const wait = Math.max(0, beat.at + QUIET - Date.now());
    const timer = setTimeout(() => setBeat({ number: beat.number + 1, at: Date.now() }), wait);
    return () => clearTimeout(timer);
  }, [now]);
  return beat.number;
}

function Headline({ of }) {
  if (!of) return null;
  const figures = [
    [t("Synchronizing now"), of.synchronizing, to("computers/running")],
    [t("Computers synchronized this hour"), of.synchronized_this_hour, to("computers/syncs")],
    [t("Computers synchronized today"), of.synchronized_today, to("computers/syncs")],
    [t("Unchecked errors"), of.unchecked_errors, to("events/errors", { checked: "false" })],
    [t("Unchecked faults"), of.unchecked_faults, to("events/faults", { checked: "false" })],
  ];
  return html`<ul class="headline">
    ${figures.map(
      ([name, value, href]) => html`<li>
        <a href=${href}><strong>${number(value)}</strong> <span>${name}</span></a>
      </li>`,
    )}
  </ul>`;
}

function Hours({ beat }) {
  const loaded = useLoaded(
    (stop) => api("stats/syncs/history/", { query: { begin: hoursAgo(HOURS) }, signal: stop }),
    [beat],
  );
  const title = t("Computers that synchronized, by hour");
  return html`<${Card} title=${title} wide>
    <${Loaded} of=${loaded}>
      ${({ x_labels, data }) => {
        const labels = x_labels.map((one) => `${one.slice(8, 10)}. ${one.slice(11, 16)}`);
        const [points] = Object.values(data);
        return html`<${Chart}
          label=${title}
          labels=${labels}
          series=${{ [title]: points.map((one) => one.value) }}
        />`;
      }}
    </${Loaded}>
  </${Card}>`;
}

function hoursAgo(count) {
  return new Date(Date.now() - count * 3_600_000).toISOString().slice(0, 13);
}

function Running() {
  const running = Object.entries(topics.syncs.value ?? {}).map(([id, one]) => ({ id, ...one }));
  return html`<${Card} title=${t("Synchronizing now")} link=${to("computers/running")}>
    ${running.length === 0 && html`<p class="muted">${t("No computer, at this moment.")}</p>`}
    <ul class="plain-list">
      ${running.slice(0, 8).map(
        (one) => html`<li key=${one.id}>
          <a href=${to(`computers/${one.id}`)}>${one.name}</a>
          <span class="muted"> ${one.message} · ${ago(one.at)}</span>
        </li>`,
      )}
    </ul>
    ${running.length > 8 && html`<p>${t("and {count} more", { count: number(running.length - 8) })}</p>`}
  </${Card}>`;
}

function Alerts() {
  const alerts = Object.values(topics.alerts.value ?? {});
  return html`<${Card} title=${t("Alerts")}>
    ${alerts.length === 0 && html`<p class="muted">${t("All is well.")}</p>`}
    <ul class="plain-list">
      ${alerts.map(
        (one) => html`<li key=${one.msg}>
          <a href=${alertLink(one.api)}>
            <span class=${`badge ${one.level}`}>${one.result}</span> ${one.msg}
          </a>
        </li>`,
      )}
    </ul>
  </${Card}>`;
}

function Builds() {
  const builds = Object.entries(topics.builds.value ?? {});
  return html`<${Card} title=${t("Repositories being built")}>
    ${builds.length === 0 && html`<p class="muted">${t("None, at this moment.")}</p>`}
    <ul class="plain-list">
      ${builds.map(
        ([id, one]) => html`<li key=${id}>
          <a href=${to(`deployments/${id}`)}>${one.name}</a>
          <span class="muted"> ${one.project}</span> <${BuildProgress} of=${one} />
        </li>`,
      )}
    </ul>
  </${Card}>`;
}

function Statuses({ of }) {
  const counts = Object.entries(of?.computers ?? {}).filter(([, value]) => value > 0);
  return html`<${Card} title=${t("Computers by status")} link=${to("computers")}>
    <${Counts}
      of=${counts.map(([name, value]) => ({
        name: t(name),
        value,
        href: to("computers", { status__in: name }),
        colour: STATUS_COLOURS[name],
      }))}
    />
  </${Card}>`;
}

function Ages({ beat }) {
  const since = (days) => new Date(Math.floor(Date.now() / DAY - days) * DAY).toISOString();
  const subscribed = "assigned,reserved,unknown,in repair,available";
  const ages = [
    [t("less than a day ago"), { sync_end_date__gte: since(1) }, "--green"],
    [t("less than a week ago"), { sync_end_date__gte: since(7), sync_end_date__lt: since(1) }, "--blue"],
    [t("less than a month ago"), { sync_end_date__gte: since(30), sync_end_date__lt: since(7) }, "--orange"],
    [t("longer ago"), { sync_end_date__lt: since(30) }, "--red"],
    [t("never"), { sync_end_date__isnull: "true" }, "--violet"],
  ];
  const loaded = useLoaded(
    (stop) =>
      Promise.all(
        ages.map(async ([name, filter, colour]) => {
          const query = { ...filter, status__in: subscribed };
          const found = await api("computers/", { query: { ...query, page_size: 1 }, signal: stop });
          return { name, value: found.count, href: to("computers", query), colour };
        }),
      ),
    [beat],
  );
  return html`<${Card} title=${t("Last synchronization")}>
    <${Loaded} of=${loaded}>${(found) => html`<${Counts} of=${found} />`}</${Loaded}>
  </${Card}>`;
}

function Groups({ beat, title, path, filter, id }) {
  const loaded = useLoaded((stop) => api(path, { signal: stop }), [beat]);
  return html`<${Card} title=${title}>
    <${Loaded} of=${loaded}>
      ${({ data }) => html`<${Counts}
        of=${data.map((one) => ({ ...one, href: to("computers", { [filter]: one[id] }) }))}
      />`}
    </${Loaded}>
  </${Card}>`;
}

function Unchecked({ beat, title, kind, colour }) {
  const loaded = useLoaded((stop) => api(`stats/${kind}/unchecked/`, { signal: stop }), [beat]);
  return html`<${Card} title=${title} link=${to(`events/${kind}`, { checked: "false" })}>
    <${Loaded} of=${loaded}>
      ${({ outer }) => html`<${Counts}
        empty=${t("None.")}
        of=${outer.map((one) => ({
          ...one,
          colour,
          href: to(`events/${kind}`, { checked: "false", project__id: one.project_id }),
        }))}
      />`}
    </${Loaded}>
  </${Card}>`;
}
