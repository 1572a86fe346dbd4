// Computers: the list, what runs at this moment, their synchronizations, and each of them.
import { html } from "../vendor.js";
import { api, may } from "../session.js";
import { ago, moment, t } from "../texts.js";
import { route, to } from "../router.js";
import { topics } from "../live.js";
import { attempt, Chip, Tabs, Title } from "../parts/basics.js";
import { Table } from "../parts/table.js";
import { Computer } from "./computer.js";

export const STATUSES = ["assigned", "reserved", "unknown", "in repair", "available", "unsubscribed"];
const PROJECT = { name: "project__id", get label() { return t("Project"); }, from: "projects/" };

export const computerLink = (one) => html`<a href=${to(`computers/${one.id}`)}>${one.__str__ ?? one.name}</a>`;

export function Computers() {
  const [, sub] = route.value.parts;
  if (/^\d+$/.test(sub ?? "")) return html`<${Computer} key=${sub} id=${sub} />`;
  const List = { running: Running, syncs: Syncs, changes: Changes }[sub] ?? All;
  return html`
    <${Title}>${t("Computers")}</${Title}>
    <${Tabs}
      label=${t("Computers")}
      current=${sub ?? ""}
      tabs=${[
        ["", t("All"), to("computers")],
        ["running", t("Synchronizing now"), to("computers/running")],
        ["syncs", t("Synchronizations"), to("computers/syncs")],
        ["changes", t("Changes of status"), to("computers/changes")],
      ]}
    />
    <${List} />
  `;
}

function All() {
  return html`<${Table}
    path="computers"
    label=${t("Computers")}
    filters=${[
      { name: "status__in", label: t("Status"), choices: STATUSES.map((one) => [one, t(one)]) },
      PROJECT,
      { name: "platform__id", label: t("Platform"), from: "platforms/" },
      { name: "machine", label: t("Machine"), choices: [["P", t("Physical")], ["V", t("Virtual")]] },
    ]}
    columns=${[
      { title: t("Name"), order: "name", cell: (one) => html`<a href=${to(`computers/${one.id}`)}>${one.name}</a>` },
      { title: "CID", order: "id", cell: (one) => one.id },
      { title: t("Status"), order: "status", cell: (one) => html`<${Chip} kind=${one.status.replace(" ", "-")}>${t(one.status)}</${Chip}>` },
      { title: t("Project"), order: "project", cell: (one) => one.project.name },
      { title: t("User"), cell: (one) => one.sync_user?.__str__ ?? "" },
      { title: t("Product"), order: "product", cell: (one) => one.product ?? "" },
      { title: t("Last synchronization"), order: "sync_end_date", cell: (one) => html`<span title=${moment(one.sync_end_date)}>${ago(one.sync_end_date)}</span>` },
    ]}
    pick=${may("client.change_computer") && ((rows, again) => html`<${ChangeStatus} rows=${rows} again=${again} />`)}
  />`;
}

function ChangeStatus({ rows, again }) {
  const change = async (event) => {
    const status = event.target.value;
    await attempt(async () => {
      for (const row of rows) {
        await api(`computers/${row.id}/`, { method: "PATCH", body: { status } });
      }
    }, t("Saved."));
    again();
  };
  return html`<select aria-label=${t("Change the status of those chosen")} onChange=${change}>
    <option value="">${t("Change the status…")}</option>
    ${STATUSES.map((one) => html`<option value=${one}>${t(one)}</option>`)}
  </select>`;
}

function Running() {
  return html`<${Table}
    path="messages"
    label=${t("Synchronizing now")}
    stamp=${JSON.stringify(topics.syncs.value ?? {})}
    filters=${[PROJECT]}
    columns=${[
      { title: t("Computer"), cell: (one) => computerLink(one.computer) },
      { title: t("Project"), cell: (one) => one.project?.name },
      { title: t("User"), cell: (one) => one.user?.name ?? "" },
      { title: t("What it does"), cell: (one) => one.message },
      { title: t("When"), order: "created_at", cell: (one) => ago(one.created_at) },
    ]}
  />`;
}

function Syncs() {
  return html`<${Table}
    path="syncs"
    label=${t("Synchronizations")}
    filters=${[PROJECT, { name: "pms_status_ok", label: t("Result"), choices: [["true", t("well")], ["false", t("with errors")]] }]}
    columns=${[
      { title: t("When"), order: "created_at", cell: (one) => moment(one.created_at) },
      { title: t("Computer"), cell: (one) => computerLink(one.computer) },
      { title: t("Project"), cell: (one) => one.project.name },
      { title: t("User"), cell: (one) => one.user?.name ?? "" },
      { title: t("Client"), order: "consumer", cell: (one) => one.consumer },
      { title: t("Packages"), cell: (one) => html`<${Chip} kind=${one.pms_status_ok ? "assigned" : "in-repair"}>${one.pms_status_ok ? t("well") : t("with errors")}</${Chip}>` },
    ]}
  />`;
}

function Changes() {
  return html`<${Table}
    path="status-logs"
    label=${t("Changes of status")}
    filters=${[{ name: "status__in", label: t("Status"), choices: STATUSES.map((one) => [one, t(one)]) }]}
    columns=${[
      { title: t("When"), order: "created_at", cell: (one) => moment(one.created_at) },
      { title: t("Computer"), cell: (one) => computerLink(one.computer) },
      { title: t("Status"), order: "status", cell: (one) => t(one.status) },
    ]}
  />`;
}
