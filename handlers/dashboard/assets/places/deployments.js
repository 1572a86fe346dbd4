// Deployments: the list with how far each has come, and a form with everything one is made of.
import { html, useState } from "../vendor.js";
import { api, may } from "../session.js";
import { day, number, t } from "../texts.js";
import { go, route, to } from "../router.js";
import { topics } from "../live.js";
import { attempt, BuildProgress, Card, Chip, Danger, Facts, Loaded, Progress, Title, useLoaded } from "../parts/basics.js";
import { Chart, Counts } from "../parts/charts.js";
import { enabledField, excluded, included, nameField, projectField } from "../parts/fields.js";
import { Form, removal } from "../parts/form.js";
import { Table } from "../parts/table.js";

const RIGHT = (action) => may(`core.${action}_deployment`);

export function Deployments() {
  const [, id] = route.value.parts;
  if (id === "new") return html`<${NewDeployment} />`;
  if (id) return html`<${Deployment} key=${id} id=${id} />`;
  return html`<${List} />`;
}

function List() {
  const builds = topics.builds.value ?? {};
  return html`
    <${Title}
      actions=${RIGHT("add") && html`<a class="button main" href=${to("deployments/new")}>${t("New deployment")}</a>`}
    >
      ${t("Deployments")}
    </${Title}>
    <${Table}
      path="deployments"
      label=${t("Deployments")}
      filters=${[
        { name: "enabled", label: t("Enabled"), choices: [["true", t("yes")], ["false", t("no")]] },
        { name: "project__id", label: t("Project"), from: "projects/" },
        { name: "source", label: t("Source"), choices: [["I", t("internal")], ["E", t("external")]] },
        { name: "schedule__id", label: t("Schedule"), from: "schedules/" },
      ]}
      columns=${[
        { title: t("Name"), order: "name", cell: (one) => html`<a href=${to(`deployments/${one.id}`)}>${one.name}</a>` },
        { title: t("Project"), order: "project", cell: (one) => one.project.name },
        { title: t("Enabled"), order: "enabled", cell: (one) => html`<${Chip} kind=${one.enabled ? "assigned" : ""}>${one.enabled ? t("yes") : t("no")}</${Chip}>` },
        { title: t("Source"), order: "source", cell: (one) => (one.source === "I" ? t("internal") : t("external")) },
        { title: t("Start"), order: "start_date", cell: (one) => day(one.start_date) },
        { title: t("Schedule"), cell: (one) => one.schedule?.name ?? "" },
        {
          title: t("Roll-out"),
          order: "schedule_timeline",
          cell: (one) => one.schedule_timeline && html`<${Progress} value=${one.schedule_timeline.percent} label=${t("Roll-out")} />`,
        },
        {
          title: t("Repository"),
          cell: (one) => builds[one.id] && html`<${BuildProgress} of=${builds[one.id]} />`,
        },
      ]}
    />
  `;
}

function fields(record) {
  const isNew = !record.id;
  const project = record.project?.id;
  const ofProject = project ? { project__id: project } : {};
  const isInternal = (values) => values.source !== "E";
  const isExternal = (values) => values.source === "E";
  const lines = (name, label) => ({ name, label, kind: "lines", hint: t("One name per line.") });
  return [
    nameField(),
    ...(isNew ? [projectField(), { name: "source", label: t("Source"), kind: "choice", isText: true, required: true, start: "I", choices: [["I", t("internal: packages of our stores")], ["E", t("external: another server")]] }] : [{ name: "source", label: "", shown: () => false }]),
    enabledField(),
    { name: "start_date", label: t("Start"), kind: "date", required: true, start: new Date().toISOString().slice(0, 10) },
    included(),
    excluded(),
    { name: "schedule", label: t("Schedule"), kind: "choice", from: "schedules/" },
    { name: "available_packages", label: t("Packages of its repository"), kind: "picks", from: "packages/", query: { ...ofProject, store__isnull: "false" }, name_of: (one) => one.fullname, shown: isInternal },
    { name: "available_package_sets", label: t("Package sets of its repository"), kind: "picks", from: "package-sets/", query: ofProject, shown: isInternal },
    { name: "base_url", label: t("Address of the other server"), shown: isExternal },
    { name: "suite", label: t("Suite"), shown: isExternal },
    { name: "components", label: t("Components"), shown: isExternal },
    { name: "options", label: t("Options"), shown: isExternal },
    lines("packages_to_install", t("Packages to install")),
    lines("packages_to_remove", t("Packages to remove")),
    lines("default_preincluded_packages", t("Installed first, with tags")),
    lines("default_included_packages", t("Installed with tags")),
    lines("default_excluded_packages", t("Removed with tags")),
    { name: "domain", label: t("Domain"), kind: "choice", from: "domains/" },
    { name: "auto_restart", label: t("Begin anew when finished"), kind: "tick" },
    { name: "comment", label: t("Comment"), kind: "area" },
  ];
}

function NewDeployment() {
  return html`
    <${Title}>${t("New deployment")}</${Title}>
    <section class="card">
      <${Form}
        path="deployments"
        fields=${fields({})}
        done=${(one) => go(`deployments/${one.id}`)}
        close=${() => go("deployments")}
      />
    </section>
  `;
}

function Deployment({ id }) {
  const [round, setRound] = useState(0);
  const loaded = useLoaded((stop) => api(`deployments/${id}/`, { signal: stop }), [id, round]);
  return html`<${Loaded} of=${loaded}>
    ${(record) => html`
      <${Title} actions=${html`<${Rebuild} record=${record} />`}>${record.name}</${Title}>
      <div class="cards">
        <${RollOut} record=${record} />
        <${Card} title=${t("Repository")}>
          <${Facts} of=${[[t("Project"), record.project.name], [t("Source"), record.source === "I" ? t("internal") : record.base_url], [t("Packages"), number(record.available_packages.length)], [t("Package sets"), number(record.available_package_sets.length)]]} />
          <${Build} id=${id} />
        </${Card}>
        <${Provided} record=${record} />
      </div>
      <section class="card">
        <fieldset disabled=${!RIGHT("change")}>
          <legend><h2>${t("What it is made of")}</h2></legend>
          <${Form} key=${round} path="deployments" id=${id} fields=${fields(record)} record=${record} done=${() => setRound(round + 1)}>
            ${RIGHT("delete") &&
            html`<${Danger} text=${t("Delete")} question=${t("Delete it for good?")} act=${removal("deployments", id, () => go("deployments"))} />`}
          </${Form}>
        </fieldset>
      </section>
    `}
  </${Loaded}>`;
}

function Rebuild({ record }) {
  if (record.source !== "I" || !RIGHT("change")) return null;
  const rebuild = () => attempt(() => api(`deployments/internal-sources/${record.id}/metadata/`), t("The repository is built again."));
  return html`<button onClick=${rebuild}>${t("Build the repository again")}</button>`;
}

function Build({ id }) {
  const build = (topics.builds.value ?? {})[id];
  if (!build) return null;
  return html`<p><${BuildProgress} of=${build} /></p>`;
}

function RollOut({ record }) {
  const loaded = useLoaded((stop) => api(`stats/deployments/${record.id}/timeline/`, { signal: stop }), [record.id]);
  return html`<${Card} title=${t("Roll-out")}>
    <${Loaded} of=${loaded}>
      ${({ computers, schedule }) => html`
        ${schedule && html`<p>${day(schedule.begin_date)} – ${day(schedule.end_date)} <${Progress} value=${schedule.percent} label=${t("Roll-out")} /></p>`}
        <${Counts}
          of=${[
            { name: t("Computers it is meant for"), value: computers.assigned },
            { name: t("synchronized well"), value: computers.ok, colour: "--green" },
            { name: t("with errors"), value: computers.error, colour: "--red" },
          ]}
        />
      `}
    </${Loaded}>
  </${Card}>`;
}

function Provided({ record }) {
  if (!record.schedule) return null;
  return html`<${Timeline} id=${record.id} />`;
}

function Timeline({ id }) {
  const loaded = useLoaded((stop) => api(`stats/deployments/${id}/computers/delay/`, { signal: stop }), [id]);
  const title = t("Computers reached, day by day");
  return html`<${Card} title=${title} wide>
    <${Loaded} of=${loaded}>
      ${({ x_labels, data }) => html`<${Chart}
        label=${title}
        kind="lines"
        labels=${x_labels}
        series=${Object.fromEntries(Object.entries(data).map(([name, points]) => [name, points.map((one) => one.value)]))}
      />`}
    </${Loaded}>
  </${Card}>`;
}
