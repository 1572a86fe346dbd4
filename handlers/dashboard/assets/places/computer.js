// One computer: who it is, what it has, what happened to it, and what it receives and why.
import { html, useMemo, useState } from "../vendor.js";
import { api, may } from "../session.js";
import { ago, bytes, moment, number, t } from "../texts.js";
import { route, to } from "../router.js";
import { Attributes, Card, Chip, Dialog, Facts, Loaded, Tabs, Title, attributeName, useLoaded } from "../parts/basics.js";
import { Form } from "../parts/form.js";
import { ATTRIBUTE_WORDS } from "../parts/fields.js";
import { Table } from "../parts/table.js";
import { STATUSES } from "./computers.js";
import { checkOff } from "./events.js";

export function Computer({ id }) {
  const [, , part = ""] = route.value.parts;
  const [isEdited, setEdited] = useState(false);
  const loaded = useLoaded((stop) => api(`computers/${id}/`, { signal: stop }), [id]);
  const Part = { software: Software, hardware: Hardware, history: History, events: Events, targets: Targets }[part] ?? Identity;
  const tabs = [
    ["", t("Identity")],
    ["targets", t("What it receives")],
    ["software", t("Software")],
    ["hardware", t("Hardware")],
    ["history", t("History")],
    ["events", t("Errors and faults")],
  ];
  return html`<${Loaded} of=${loaded}>
    ${(computer) => html`
      <${Title}
        actions=${may("client.change_computer") &&
        html`<button onClick=${() => setEdited(true)}>${t("Edit")}</button>`}
      >
        ${computer.name} <${Chip} kind=${computer.status.replace(" ", "-")}>${t(computer.status)}</${Chip}>
      </${Title}>
      <${Tabs}
        label=${computer.name}
        current=${part}
        tabs=${tabs.map(([key, text]) => [key, text, to(`computers/${id}${key && `/${key}`}`)])}
      />
      <${Part} key=${part} computer=${computer} />
      ${isEdited &&
      html`<${Edit}
        computer=${computer}
        close=${() => setEdited(false)}
        done=${() => {
          setEdited(false);
          loaded.again();
        }}
      />`}
    `}
  </${Loaded}>`;
}

function Edit({ computer, close, done }) {
  const fields = [
    { name: "name", label: t("Name"), required: true },
    { name: "status", label: t("Status"), kind: "choice", isText: true, required: true, choices: STATUSES.map((one) => [one, t(one)]) },
    { name: "comment", label: t("Comment"), kind: "area" },
    { name: "tags", label: t("Tags"), kind: "picks", from: "tags/", name_of: attributeName, words: ATTRIBUTE_WORDS },
  ];
  return html`<${Dialog} title=${computer.name} close=${close}>
    <${Form} path="computers" id=${computer.id} fields=${fields} record=${computer} done=${done} close=${close} />
  </${Dialog}>`;
}

function Identity({ computer }) {
  const sync = useLoaded((stop) => api(`computers/${computer.id}/sync/`, { signal: stop }), [computer.id]);
  return html`<div class="cards">
    <${Card} title=${t("Identity")}>
      <${Facts}
        of=${[
          ["CID", computer.id],
          ["UUID", computer.uuid],
          [t("Full name"), computer.fqdn],
          [t("Address"), computer.ip_address],
          [t("Seen from"), computer.forwarded_ip_address],
          [t("Project"), html`<a href=${to("computers", { project__id: computer.project.id })}>${computer.project.name}</a>`],
          [t("Platform"), computer.project.platform.name],
          [t("User"), computer.sync_user?.__str__],
          [t("First seen"), moment(computer.created_at)],
          [t("Last synchronization"), html`<span title=${moment(computer.sync_end_date)}>${ago(computer.sync_end_date)}</span>`],
          [t("Comment"), computer.comment],
        ]}
      />
    </${Card}>
    <${Card} title=${t("Machine")}>
      <${Facts}
        of=${[
          [t("Product"), computer.product],
          [t("Kind"), t(computer.product_system)],
          [t("Processor"), computer.cpu],
          [t("Architecture"), computer.architecture],
          [t("Memory"), bytes(computer.ram)],
          [t("Storage"), computer.storage && `${bytes(computer.storage)} (${number(computer.disks)})`],
          ["MAC", computer.mac_address],
          [t("Hardware read"), moment(computer.last_hardware_capture)],
        ]}
      />
    </${Card}>
    <${Card} title=${t("Tags")}><${Attributes} of=${computer.tags} /></${Card}>
    <${Card} title=${t("Attributes")} wide>
      <${Loaded} of=${sync}>
        ${({ sync_attributes }) => html`<table>
          <thead><tr><th scope="col">${t("Attribute")}</th><th scope="col">${t("Description")}</th><th scope="col">${t("Computers")}</th></tr></thead>
          <tbody>
            ${sync_attributes.map(
              (one) => html`<tr key=${one.id}>
                <td><${Chip} kind=${one.property_att.sort}>${attributeName(one)}</${Chip}></td>
                <td>${one.description}</td>
                <td><a href=${to("computers", { sync_attributes__id: one.id })}>${number(one.total_computers)}</a></td>
              </tr>`,
            )}
          </tbody>
        </table>`}
      </${Loaded}>
    </${Card}>
  </div>`;
}

/** Read what a computer would be told now, and which of its attributes bring each deployment. */
async function targets(id, stop) {
  const ask = (path, query) => api(path, { query, signal: stop });
  const [simulation, sync, computer] = await Promise.all([
    ask(`computers/${id}/sync/simulation/`),
    ask(`computers/${id}/sync/`),
    ask(`computers/${id}/`),
  ]);
  const own = new Map([...sync.sync_attributes, ...computer.tags].map((one) => [one.id, one]));
  const deployments = await Promise.all(
    simulation.deployments.map((one) => ask(`deployments/${one.id}/`)),
  );
  const schedules = [...new Set(deployments.map((one) => one.schedule?.id).filter(Boolean))];
  const delays = schedules.length
    ? (await ask("schedule-delays/", { schedule__id__in: schedules.join(","), page_size: 1000 })).results
    : [];
  const reasons = deployments.map((one) => ({
    ...one,
    included: one.included_attributes.filter((attribute) => own.has(attribute.id)),
    waves: delays.filter(
      (delay) =>
        (delay.schedule?.id ?? delay.schedule) === one.schedule?.id &&
        delay.attributes.some((attribute) => own.has(attribute.id ?? attribute)),
    ),
  }));
  return { simulation, deployments: reasons };
}

function Targets({ computer }) {
  const loaded = useLoaded((stop) => targets(computer.id, stop), [computer.id]);
  const packages = (of) =>
    of.length
      ? html`<ul class="plain-list">${of.map((one) => html`<li>${one.package} <span class="muted">${one.name}</span></li>`)}</ul>`
      : html`<p class="muted">${t("none")}</p>`;
  return html`<${Loaded} of=${loaded}>
    ${({ simulation, deployments }) => html`<div class="cards">
      <${Card} title=${t("Deployments, and why each applies")} wide>
        <table>
          <thead><tr><th scope="col">${t("Deployment")}</th><th scope="col">${t("Because of")}</th><th scope="col">${t("Since")}</th></tr></thead>
          <tbody>
            ${deployments.map(
              (one) => html`<tr key=${one.id}>
                <td><a href=${to(`deployments/${one.id}`)}>${one.name}</a></td>
                <td>
                  ${one.included.length > 0 && html`<${Attributes} of=${one.included} />`}
                  ${one.waves.map((wave) => html`<span>${t("wave after {days} days", { days: wave.delay })} </span>`)}
                </td>
                <td>${one.start_date}</td>
              </tr>`,
            )}
          </tbody>
        </table>
        ${!deployments.length && html`<p class="muted">${t("none")}</p>`}
      </${Card}>
      <${Card} title=${t("Packages it has to install")}>${packages([...simulation.packages.install, ...simulation.policies.install])}</${Card}>
      <${Card} title=${t("Packages it has to remove")}>${packages([...simulation.packages.remove, ...simulation.policies.remove])}</${Card}>
      <${Card} title=${t("Faults it looks for")}>
        <ul class="plain-list">${simulation.fault_definitions.map((one) => html`<li>${one.name}</li>`)}</ul>
      </${Card}>
      <${Card} title=${t("Devices")}>
        <ul class="plain-list">${simulation.logical_devices.map((one) => html`<li>${one.__str__}</li>`)}</ul>
        ${!simulation.logical_devices.length && html`<p class="muted">${t("none")}</p>`}
      </${Card}>
    </div>`}
  </${Loaded}>`;
}

/** A long list of names with a box that narrows it. */
function Names({ of, label }) {
  const [text, setText] = useState("");
  const shown = useMemo(
    () => of.filter((one) => one.name.toLowerCase().includes(text.toLowerCase())),
    [of, text],
  );
  return html`<div>
    <div class="bar">
      <input type="search" aria-label=${t("Search")} placeholder=${t("Search")} value=${text} onInput=${(event) => setText(event.target.value)} />
      <span class="muted">${t("{count} in all", { count: number(shown.length) })}</span>
    </div>
    <ul class="names" tabindex="0" aria-label=${label}>${shown.slice(0, 1000).map((one) => html`<li key=${one.id}>${one.mode ? `${one.mode} ` : ""}${one.name}</li>`)}</ul>
    ${shown.length > 1000 && html`<p class="muted">${t("Only the first 1000 are shown.")}</p>`}
  </div>`;
}

function Software({ computer }) {
  const loaded = useLoaded(
    (stop) => api(`computers/${computer.id}/software/inventory/`, { signal: stop }),
    [computer.id],
  );
  return html`<${Loaded} of=${loaded}>${(found) => html`<${Names} of=${found} label=${t("Software")} />`}</${Loaded}>`;
}

function History({ computer }) {
  const loaded = useLoaded(
    (stop) => api(`computers/${computer.id}/software/history/`, { signal: stop }),
    [computer.id],
  );
  return html`<div>
    <${Loaded} of=${loaded}>
      ${(found) => html`<div>
        ${Object.entries(found).map(
          ([at, names], place) => html`<details open=${place === 0} key=${at}>
            <summary>${moment(at)} · ${t("{count} packages", { count: number(names.length) })}</summary>
            <${Names} of=${names} label=${moment(at)} />
          </details>`,
        )}
        ${!Object.keys(found).length && html`<p class="muted">${t("Nothing here.")}</p>`}
      </div>`}
    </${Loaded}>
    <h2>${t("Synchronizations")}</h2>
    <${Table}
      path="syncs"
      label=${t("Synchronizations")}
      always=${{ computer__id: computer.id }}
      columns=${[
        { title: t("When"), order: "created_at", cell: (one) => moment(one.created_at) },
        { title: t("User"), cell: (one) => one.user?.name ?? "" },
        { title: t("Client"), cell: (one) => one.consumer },
        { title: t("Packages"), cell: (one) => (one.pms_status_ok ? t("well") : t("with errors")) },
      ]}
    />
  </div>`;
}

function Hardware({ computer }) {
  const loaded = useLoaded((stop) => api(`computers/${computer.id}/hardware/`, { signal: stop }), [computer.id]);
  return html`<${Loaded} of=${loaded}>
    ${(nodes) => {
      const below = Map.groupBy
        ? Map.groupBy(nodes, (one) => one.parent)
        : nodes.reduce((all, one) => all.set(one.parent, [...(all.get(one.parent) ?? []), one]), new Map());
      return html`<div class="tree">
        <${Nodes} of=${below.get(null) ?? []} below=${below} />
        ${!nodes.length && html`<p class="muted">${t("Nothing here.")}</p>`}
      </div>`;
    }}
  </${Loaded}>`;
}

function Nodes({ of, below }) {
  return html`<ul>
    ${of.map((one) => {
      const children = below.get(one.id) ?? [];
      const size = one.class_name === "memory" || one.class_name === "disk" ? bytes(one.size) : "";
      const line = html`<strong>${one.description ?? one.class_name}</strong>
        <span> ${[one.vendor, one.product, size].filter(Boolean).join(" · ")}</span>
        ${one.serial && html`<small class="muted"> ${one.serial}</small>`}`;
      return html`<li key=${one.id}>
        ${children.length
          ? html`<details open=${one.level < 3}><summary>${line}</summary><${Nodes} of=${children} below=${below} /></details>`
          : line}
      </li>`;
    })}
  </ul>`;
}

function Events({ computer }) {
  const [kind, setKind] = useState("errors");
  const text = kind === "errors" ? "description" : "result";
  return html`<div>
    <div class="bar" role="group" aria-label=${t("Errors and faults")}>
      ${[["errors", t("Errors")], ["faults", t("Faults")]].map(
        ([key, name]) => html`<button aria-pressed=${kind === key} onClick=${() => setKind(key)}>${name}</button>`,
      )}
    </div>
    <${Table}
      key=${kind}
      path=${kind}
      label=${t(kind === "errors" ? "Errors" : "Faults")}
      always=${{ computer__id: computer.id }}
      columns=${[
        { title: t("When"), order: "created_at", cell: (one) => moment(one.created_at) },
        ...(kind === "faults" ? [{ title: t("Definition"), cell: (one) => one.fault_definition.name }] : []),
        { title: t("Text"), cell: (one) => html`<pre>${one[text]}</pre>` },
        { title: t("Checked"), order: "checked", cell: (one) => (one.checked ? t("yes") : t("no")) },
      ]}
      pick=${checkOff(kind)}
    />
  </div>`;
}
