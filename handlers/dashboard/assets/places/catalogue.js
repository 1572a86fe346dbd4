// The catalogue of applications, policies, and devices.
import { html } from "../vendor.js";
import { t } from "../texts.js";
import { route, to } from "../router.js";
import { Attributes, Tabs, Title } from "../parts/basics.js";
import { Collection } from "../parts/collection.js";
import { attributes, enabledField, excluded, included, nameField, projectField } from "../parts/fields.js";

const lines = (name, label) => ({ name, label, kind: "lines", hint: t("One name per line.") });
const name = () => ({ title: t("Name"), order: "name", cell: (one) => one.name });

const KINDS = {
  apps: () => ({
    path: "catalog/apps",
    permission: "app_catalog.application",
    title: t("Applications"),
    one: t("application"),
    columns: [
      name(),
      { title: t("Category"), order: "category", cell: (one) => one.category?.name },
      { title: t("Level"), order: "level", cell: (one) => one.level.name },
      { title: t("Score"), order: "score", cell: (one) => "★".repeat(one.score) },
      { title: t("Available for"), cell: (one) => html`<${Attributes} of=${one.available_for_attributes} />` },
    ],
    filters: [{ name: "category__id", label: t("Category"), from: "catalog/categories/" }],
    fields: () => [
      nameField(),
      { name: "category", label: t("Category"), kind: "choice", from: "catalog/categories/", required: true },
      { name: "level", label: t("Level"), kind: "choice", isText: true, from: "catalog/apps/levels/", required: true, start: "U" },
      { name: "score", label: t("Score"), kind: "choice", required: true, start: "1", choices: [1, 2, 3, 4, 5].map((one) => [one, "★".repeat(one)]) },
      { name: "description", label: t("Description"), kind: "area" },
      attributes("available_for_attributes", t("Available for")),
    ],
  }),
  packages: () => ({
    path: "catalog/project-packages",
    permission: "app_catalog.packagesbyproject",
    title: t("Packages of applications"),
    one: t("packages of an application"),
    columns: [
      { title: t("Packages"), cell: (one) => one.packages_to_install.join(", ") || "–" },
      { title: t("Application"), order: "application", cell: (one) => one.application.id },
      { title: t("Project"), order: "project", cell: (one) => one.project.name },
    ],
    fields: () => [
      { name: "application", label: t("Application"), kind: "choice", from: "catalog/apps/", required: true },
      projectField(),
      lines("packages_to_install", t("Packages to install")),
    ],
  }),
  categories: () => ({
    path: "catalog/categories",
    permission: "app_catalog.category",
    title: t("Categories"),
    one: t("category"),
    columns: [name()],
    fields: () => [nameField()],
  }),
  policies: () => ({
    path: "catalog/policies",
    permission: "app_catalog.policy",
    title: t("Policies"),
    one: t("policy"),
    columns: [
      name(),
      { title: t("Enabled"), order: "enabled", cell: (one) => (one.enabled ? t("yes") : t("no")) },
      { title: t("Exclusive"), order: "exclusive", cell: (one) => (one.exclusive ? t("yes") : t("no")) },
      { title: t("Included attributes"), cell: (one) => html`<${Attributes} of=${one.included_attributes} />` },
    ],
    fields: () => [
      nameField(),
      enabledField(),
      { name: "exclusive", label: t("Exclusive"), kind: "tick" },
      included(),
      excluded(),
      { name: "comment", label: t("Comment"), kind: "area" },
    ],
  }),
  groups: () => ({
    path: "catalog/policy-groups",
    permission: "app_catalog.policygroup",
    title: t("Policy groups"),
    one: t("policy group"),
    columns: [
      { title: t("Policy"), order: "policy", cell: (one) => one.policy.name },
      { title: t("Priority"), order: "priority", cell: (one) => one.priority },
      { title: t("Applications"), cell: (one) => one.applications.map((app) => app.name).join(", ") },
    ],
    fields: () => [
      { name: "policy", label: t("Policy"), kind: "choice", from: "catalog/policies/", required: true },
      { name: "priority", label: t("Priority"), kind: "number", required: true },
      { name: "applications", label: t("Applications"), kind: "picks", from: "catalog/apps/" },
      included(),
      excluded(),
    ],
  }),
  devices: () => ({
    path: "devices/devices",
    permission: "device.device",
    title: t("Devices"),
    one: t("device"),
    columns: [
      name(),
      { title: t("Model"), order: "model", cell: (one) => `${one.model.manufacturer?.name ?? ""} ${one.model.name}` },
      { title: t("Connection"), order: "connection", cell: (one) => one.connection.name },
      { title: t("Location"), cell: (one) => one.location ?? "" },
      { title: t("Computers"), cell: (one) => one.total_computers },
    ],
    filters: [{ name: "model__manufacturer__id", label: t("Manufacturer"), from: "devices/manufacturers/" }],
    fields: () => [
      nameField(),
      { name: "model", label: t("Model"), kind: "pick", from: "devices/models/", required: true },
      { name: "connection", label: t("Connection"), kind: "choice", from: "devices/connections/", required: true },
      attributes("available_for_attributes", t("Available for")),
    ],
  }),
  logical: () => ({
    path: "devices/logical",
    permission: "device.logical",
    title: t("Assigned devices"),
    one: t("assigned device"),
    columns: [
      { title: t("Device"), order: "device", cell: (one) => one.__str__ },
      { title: t("Capability"), order: "capability", cell: (one) => one.alternative_capability_name || one.capability.name },
      { title: t("Assigned to"), cell: (one) => html`<${Attributes} of=${one.attributes} />` },
    ],
    fields: () => [
      { name: "device", label: t("Device"), kind: "pick", from: "devices/devices/", required: true },
      { name: "capability", label: t("Capability"), kind: "choice", from: "devices/capabilities/", required: true },
      { name: "alternative_capability_name", label: t("Another name for it") },
      attributes("attributes", t("Assigned to")),
    ],
  }),
  models: () => ({
    path: "devices/models",
    permission: "device.model",
    title: t("Models"),
    one: t("model"),
    columns: [
      name(),
      { title: t("Manufacturer"), order: "manufacturer", cell: (one) => one.manufacturer.name },
      { title: t("Kind"), order: "device_type", cell: (one) => one.device_type?.name ?? "" },
    ],
    fields: () => [
      nameField(),
      { name: "manufacturer", label: t("Manufacturer"), kind: "choice", from: "devices/manufacturers/", required: true },
      { name: "device_type", label: t("Kind"), kind: "choice", from: "devices/types/", required: true },
      { name: "connections", label: t("Connections"), kind: "picks", from: "devices/connections/" },
    ],
  }),
  drivers: () => ({
    path: "devices/drivers",
    permission: "device.driver",
    title: t("Drivers"),
    one: t("driver"),
    columns: [
      { title: t("File"), order: "name", cell: (one) => one.name || "–" },
      { title: t("Model"), order: "model", cell: (one) => one.model.name },
      { title: t("Project"), order: "project", cell: (one) => one.project.name },
      { title: t("Capability"), order: "capability", cell: (one) => one.capability.name },
    ],
    fields: () => [
      { name: "name", label: t("File on the computer") },
      { name: "model", label: t("Model"), kind: "pick", from: "devices/models/", required: true },
      projectField(),
      { name: "capability", label: t("Capability"), kind: "choice", from: "devices/capabilities/", required: true },
      lines("packages_to_install", t("Packages to install")),
    ],
  }),
  manufacturers: () => ({
    path: "devices/manufacturers",
    permission: "device.manufacturer",
    title: t("Manufacturers"),
    one: t("manufacturer"),
    columns: [name()],
    fields: () => [nameField()],
  }),
};

export function Catalogue() {
  const [, sub = "apps"] = route.value.parts;
  const kinds = Object.entries(KINDS).map(([key, make]) => [key, make()]);
  const [current, kind] = kinds.find(([key]) => key === sub) ?? kinds[0];
  return html`
    <${Title}>${t("Catalogue and devices")}</${Title}>
    <${Tabs}
      label=${t("Catalogue and devices")}
      current=${current}
      tabs=${kinds.map(([key, one]) => [key, one.title, to(`catalogue/${key}`)])}
    />
    <${Collection} key=${current} kind=${kind} />
  `;
}
