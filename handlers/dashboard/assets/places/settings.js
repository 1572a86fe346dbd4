// What a fleet is made of: projects, attributes and how they are found, users, schedules, jobs.
import { html, useState } from "../vendor.js";
import { api, may, session } from "../session.js";
import { ago, moment, number, t } from "../texts.js";
import { route, to } from "../router.js";
import { attempt, Attributes, Chip, Danger, Loaded, Tabs, Title, attributeName, useLoaded } from "../parts/basics.js";
import { Collection } from "../parts/collection.js";
import { attributes, ATTRIBUTE_WORDS, enabledField, excluded, included, languageField, nameField } from "../parts/fields.js";
import { Form, removal } from "../parts/form.js";
import { Table } from "../parts/table.js";
import { CHECKED, checkOff } from "./events.js";

const name = () => ({ title: t("Name"), order: "name", cell: (one) => one.name });
const yes = (value) => (value ? t("yes") : t("no"));
const enabled = () => ({ title: t("Enabled"), order: "enabled", cell: (one) => yes(one.enabled) });
const prefix = () => ({ name: "prefix", label: t("Prefix"), required: true, hint: t("Three letters, as a rule.") });
const kindField = () => ({ name: "kind", label: t("Kind"), kind: "choice", isText: true, from: "properties/kind/", required: true, start: "N" });

const KINDS = {
  projects: () => ({
    path: "projects",
    permission: "core.project",
    title: t("Projects"),
    one: t("project"),
    columns: [
      name(),
      { title: t("Packages"), order: "pms", cell: (one) => one.pms },
      { title: t("Architecture"), order: "architecture", cell: (one) => one.architecture },
      { title: t("Platform"), order: "platform", cell: (one) => one.platform.name },
      { title: t("Takes computers by itself"), order: "auto_register_computers", cell: (one) => yes(one.auto_register_computers) },
    ],
    fields: () => [
      nameField(),
      { name: "pms", label: t("Packages"), kind: "choice", isText: true, required: true, from: "/api/v1/public/pms/", name_of: (one) => one, choices: ["apt", "dnf", "yum", "zypper", "pacman", "apk", "wpt"].map((one) => [one, one]) },
      { name: "architecture", label: t("Architecture"), required: true },
      { name: "platform", label: t("Platform"), kind: "choice", from: "platforms/", required: true },
      { name: "auto_register_computers", label: t("Takes computers by itself"), kind: "tick" },
    ],
  }),
  platforms: () => ({
    path: "platforms",
    permission: "core.platform",
    title: t("Platforms"),
    one: t("platform"),
    columns: [name()],
    fields: () => [nameField()],
  }),
  features: () => ({
    path: "features",
    permission: "core.clientattribute",
    title: t("Attributes"),
    one: t("attribute"),
    isFixed: true,
    columns: [
      { title: t("Attribute"), order: "value", cell: (one) => html`<${Chip} kind=${one.property_att.sort}>${attributeName(one)}</${Chip}>` },
      { title: t("Description"), order: "description", cell: (one) => one.description },
      { title: t("Computers"), cell: (one) => html`<a href=${to("computers", { sync_attributes__id: one.id })}>${number(one.total_computers)}</a>` },
    ],
    filters: [{ name: "property_att__id", label: t("Formula"), from: "formulas/" }],
    fields: () => [
      { name: "description", label: t("Description"), kind: "area" },
      { name: "latitude", label: t("Latitude"), kind: "number" },
      { name: "longitude", label: t("Longitude"), kind: "number" },
    ],
  }),
  formulas: () => ({
    path: "formulas",
    permission: "core.clientproperty",
    title: t("Formulas"),
    one: t("formula"),
    columns: [name(), { title: t("Prefix"), order: "prefix", cell: (one) => one.prefix }, enabled(), { title: t("Sort"), order: "sort", cell: (one) => one.sort }],
    fields: () => [prefix(), nameField(), enabledField(), kindField(), languageField(), { name: "code", label: t("Code"), kind: "code", rows: 12, required: true }],
  }),
  tags: () => ({
    path: "tags",
    permission: "core.serverattribute",
    title: t("Tags"),
    one: t("tag"),
    columns: [
      { title: t("Tag"), order: "value", cell: (one) => html`<${Chip} kind="server">${attributeName(one)}</${Chip}>` },
      { title: t("Description"), order: "description", cell: (one) => one.description },
      { title: t("Computers"), cell: (one) => html`<a href=${to("computers", { tags__id: one.id })}>${number(one.total_computers)}</a>` },
    ],
    filters: [{ name: "property_att__id", label: t("Category"), from: "stamps/" }],
    fields: (record) => [
      ...(record.id ? [] : [{ name: "property_att", label: t("Category"), kind: "choice", from: "stamps/", required: true }]),
      { name: "value", label: t("Value"), required: true },
      { name: "description", label: t("Description"), kind: "area" },
    ],
  }),
  stamps: () => ({
    path: "stamps",
    permission: "core.serverproperty",
    title: t("Categories of tags"),
    one: t("category of tags"),
    columns: [name(), { title: t("Prefix"), order: "prefix", cell: (one) => one.prefix }, enabled()],
    fields: () => [prefix(), nameField(), enabledField(), kindField()],
  }),
  sets: () => ({
    path: "attribute-sets",
    permission: "core.attributeset",
    title: t("Attribute sets"),
    one: t("attribute set"),
    columns: [name(), enabled(), { title: t("Included attributes"), cell: (one) => html`<${Attributes} of=${one.included_attributes} />` }],
    fields: () => [nameField(), enabledField(), included(), excluded(), { name: "description", label: t("Description"), kind: "area" }],
  }),
  faults: () => ({
    path: "fault-definitions",
    permission: "client.faultdefinition",
    title: t("Fault definitions"),
    one: t("fault definition"),
    columns: [name(), enabled(), { title: t("Included attributes"), cell: (one) => html`<${Attributes} of=${one.included_attributes} />` }],
    fields: () => [
      nameField(),
      enabledField(),
      { name: "description", label: t("Description"), kind: "area" },
      languageField(),
      { name: "code", label: t("Code"), kind: "code", rows: 12 },
      included(),
      excluded(),
      { name: "users", label: t("Who looks after it"), kind: "picks", from: "user-profiles/", name_of: (one) => one.username },
    ],
  }),
  schedules: () => ({
    path: "schedules",
    permission: "core.schedule",
    title: t("Schedules"),
    one: t("schedule"),
    columns: [name(), { title: t("Waves"), cell: (one) => number(one.delays_count) }, { title: t("Description"), cell: (one) => one.description ?? "" }],
    fields: () => [nameField(), { name: "description", label: t("Description"), kind: "area" }],
    extra: (record) => html`<${Delays} schedule=${record} />`,
  }),
  domains: () => ({
    path: "domains",
    permission: "core.domain",
    title: t("Domains"),
    one: t("domain"),
    columns: [name(), { title: t("Comment"), cell: (one) => one.comment ?? "" }],
    fields: () => [nameField(), included(), excluded(), { name: "tags", label: t("Tags"), kind: "picks", from: "tags/", name_of: attributeName, words: ATTRIBUTE_WORDS }, { name: "comment", label: t("Comment"), kind: "area" }],
  }),
  users: () => ({
    path: "user-profiles",
    permission: "core.userprofile",
    title: t("Users"),
    one: t("user"),
    columns: [
      { title: t("User name"), order: "username", cell: (one) => one.username },
      { title: t("First name"), order: "first_name", cell: (one) => one.first_name },
      { title: t("Last name"), order: "last_name", cell: (one) => one.last_name },
      { title: t("Active"), order: "is_active", cell: (one) => yes(one.is_active) },
      { title: t("Superuser"), order: "is_superuser", cell: (one) => yes(one.is_superuser) },
      { title: t("Last seen"), order: "last_login", cell: (one) => ago(one.last_login) },
    ],
    fields: (record) => [
      { name: "username", label: t("User name"), required: true },
      { name: "first_name", label: t("First name") },
      { name: "last_name", label: t("Last name") },
      { name: "email", label: t("Mail"), kind: "email" },
      ...(record.id ? [] : [{ name: "password", label: t("Password"), kind: "password", required: true, autocomplete: "new-password" }]),
      { name: "is_active", label: t("Active"), kind: "tick", start: true },
      ...(session.value.is_superuser
        ? [
            { name: "is_staff", label: t("May use the dashboard"), kind: "tick", start: true },
            { name: "is_superuser", label: t("Superuser"), kind: "tick" },
            { name: "groups", label: t("Groups"), kind: "picks", from: "accounts/groups/" },
            { name: "domains", label: t("Domains"), kind: "picks", from: "domains/" },
          ]
        : []),
    ],
    extra: (record) => session.value.is_superuser && html`<${Password} user=${record} />`,
  }),
  notifications: () => ({
    path: "notifications",
    title: t("Notifications"),
    one: t("notification"),
    columns: [
      { title: t("When"), order: "created_at", cell: (one) => moment(one.created_at) },
      { title: t("Text"), cell: (one) => one.message },
      { title: t("Checked"), order: "checked", cell: (one) => yes(one.checked) },
    ],
    filters: [CHECKED],
    pick: checkOff("notifications"),
  }),
};

export function Settings() {
  const [, sub = "projects"] = route.value.parts;
  const kinds = Object.entries(KINDS).map(([key, make]) => [key, make()]);
  const found = kinds.find(([key]) => key === sub) ?? kinds[0];
  const tabs = kinds.map(([key, one]) => [key, one.title, to(`settings/${key}`)]);
  if (session.value.is_superuser) tabs.push(["jobs", t("Jobs"), to("settings/jobs")]);
  const current = sub === "jobs" ? "jobs" : found[0];
  return html`
    <${Title}>${t("Settings")}</${Title}>
    <${Tabs} label=${t("Settings")} current=${current} tabs=${tabs} />
    ${sub === "jobs" ? html`<${Jobs} />` : html`<${Collection} key=${current} kind=${found[1]} />`}
  `;
}

/** The waves of a schedule. */
function Delays({ schedule }) {
  const [open, setOpen] = useState(null);
  const loaded = useLoaded((stop) => api("schedule-delays/", { query: { schedule__id: schedule.id, page_size: 500 }, signal: stop }), [schedule.id]);
  const done = () => {
    setOpen(null);
    loaded.again();
  };
  const fields = [
    { name: "delay", label: t("Working days after the start"), kind: "number", required: true, start: "0" },
    { name: "duration", label: t("Working days that it lasts"), kind: "number", required: true, start: "1" },
    attributes("attributes", t("Who is in it")),
  ];
  return html`<h3>${t("Waves")}</h3>
    <${Loaded} of=${loaded}>
      ${({ results }) => html`<ul class="plain-list">
        ${results.map(
          (one) => html`<li key=${one.id}>
            ${t("after {delay} days, over {duration} days:", one)} <${Attributes} of=${one.attributes} />
            ${may("core.change_scheduledelay") && html`<button onClick=${() => setOpen(one)}>${t("Edit")}</button>`}
            ${may("core.delete_scheduledelay") && html`<${Danger} text=${t("Delete")} question=${t("Delete it for good?")} act=${removal("schedule-delays", one.id, done)} />`}
          </li>`,
        )}
      </ul>`}
    </${Loaded}>
    ${open
      ? html`<${Form} key=${open.id} path="schedule-delays" id=${open.id} fields=${fields} record=${open} fixed=${{ schedule: schedule.id }} done=${done} close=${() => setOpen(null)} />`
      : may("core.add_scheduledelay") && html`<button onClick=${() => setOpen({})}>${t("New: {what}", { what: t("wave") })}</button>`}`;
}

function Password({ user }) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) return html`<button onClick=${() => setOpen(true)}>${t("Change the password")}</button>`;
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const body = { password: form.get("one"), password2: form.get("two") };
    const change = () => api(`user-profiles/${user.id}/change-password/`, { method: "PUT", body });
    if (await attempt(change, t("Saved."))) setOpen(false);
  };
  return html`<form onSubmit=${submit}>
    ${[["one", t("New password")], ["two", t("Once more")]].map(
      ([key, label]) => html`<div class="field">
        <label for=${key}>${label}</label>
        <input id=${key} name=${key} type="password" required autocomplete="new-password" />
      </div>`,
    )}
    <button class="main">${t("Save")}</button>
  </form>`;
}

function Jobs() {
  const loaded = useLoaded((stop) => api("jobs/", { signal: stop }), []);
  return html`<${Loaded} of=${loaded}>
    ${(answer) => html`<div class="scroll">
      <table aria-label=${t("Jobs")}>
        <thead>
          <tr>
            ${[t("Job"), t("Last run"), t("Took"), t("Result"), t("Next run")].map((one) => html`<th scope="col">${one}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${answer.results.map(
            (one) => html`<tr key=${one.name}>
              <td>${one.name} <small class="muted">${one.schedule}</small></td>
              <td>${moment(one.last_run)}</td>
              <td>${one.seconds == null ? "" : `${one.seconds.toFixed(2)} s`}</td>
              <td>${one.result && t(one.result)} <small class="muted">${one.detail}</small></td>
              <td>${moment(one.next_run)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`}
  </${Loaded}>`;
}
