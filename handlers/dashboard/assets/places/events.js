// Errors and faults: read, and checked off one by one or many at once.
import { html } from "../vendor.js";
import { api, may } from "../session.js";
import { ago, moment, t } from "../texts.js";
import { route, to } from "../router.js";
import { attempt, Chip, Tabs, Title } from "../parts/basics.js";
import { Table } from "../parts/table.js";
import { computerLink } from "./computers.js";

const RIGHTS = { errors: "client.change_error", faults: "client.change_fault", notifications: "client.change_notification" };

/** What can be done with ticked rows of a kind, for those who may. */
export function checkOff(kind) {
  if (!may(RIGHTS[kind])) return null;
  return (rows, again) => {
    const mark = (checked) => async () => {
      await attempt(async () => {
        for (const row of rows) await api(`${kind}/${row.id}/`, { method: "PATCH", body: { checked } });
      }, t("{count} marked.", { count: rows.length }));
      again();
    };
    return html`
      <button class="main" onClick=${mark(true)}>${t("Check off")}</button>
      <button onClick=${mark(false)}>${t("Uncheck")}</button>
    `;
  };
}

export const CHECKED = {
  name: "checked",
  get label() {
    return t("Checked");
  },
  get choices() {
    return [["false", t("unchecked")], ["true", t("checked")]];
  },
};

export function Events() {
  const [, kind = "errors"] = route.value.parts;
  const isErrors = kind !== "faults";
  const tabs = [
    ["errors", t("Errors"), to("events/errors", { checked: "false" })],
    ["faults", t("Faults"), to("events/faults", { checked: "false" })],
  ];
  const filters = [CHECKED, { name: "project__id", label: t("Project"), from: "projects/" }];
  if (!isErrors) {
    filters.push(
      { name: "fault_definition__id", label: t("Definition"), from: "fault-definitions/" },
      { name: "user", label: t("Assigned"), choices: [["me", t("to check for me")], ["only_me", t("to me")], ["others", t("to others")], ["unassigned", t("to nobody")]] },
    );
  }
  return html`
    <${Title}>${t("Errors and faults")}</${Title}>
    <${Tabs} label=${t("Errors and faults")} current=${isErrors ? "errors" : "faults"} tabs=${tabs} />
    <${Table}
      key=${kind}
      path=${isErrors ? "errors" : "faults"}
      label=${isErrors ? t("Errors") : t("Faults")}
      filters=${filters}
      columns=${[
        { title: t("When"), order: "created_at", cell: (one) => html`<span title=${moment(one.created_at)}>${ago(one.created_at)}</span>` },
        { title: t("Computer"), cell: (one) => computerLink(one.computer) },
        { title: t("Project"), cell: (one) => one.project.name },
        ...(isErrors ? [] : [{ title: t("Definition"), cell: (one) => one.fault_definition.name }]),
        { title: t("Text"), cell: (one) => html`<details><summary>${first(one.description ?? one.result)}</summary><pre>${one.description ?? one.result}</pre></details>` },
        { title: t("Checked"), order: "checked", cell: (one) => html`<${Chip} kind=${one.checked ? "assigned" : "in-repair"}>${one.checked ? t("checked") : t("unchecked")}</${Chip}>` },
      ]}
      pick=${checkOff(isErrors ? "errors" : "faults")}
    />
  `;
}

const first = (text) => {
  const [line] = text.trim().split("\n");
  return line.length > 90 ? `${line.slice(0, 90)}…` : line;
};
