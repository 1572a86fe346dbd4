// Where an alert leads: its model and query, as the API tells them, become a list of this page.
import { to } from "../router.js";

const PLACES = {
  deployments: "deployments",
  messages: "computers/running",
  packages: "packages",
  package_sets: "packages/sets",
  notifications: "settings/notifications",
  faults: "events/faults",
  errors: "events/errors",
};
const RELATIONS = new Set(["deployment", "store", "packageset", "packages", "schedule"]);

export function alertLink({ model, query }) {
  const filters = Object.entries(query).map(([name, value]) => {
    if (RELATIONS.has(name)) return [`${name}__isnull`, String(value)];
    return [name === "id_in" ? "id__in" : name, String(value)];
  });
  return to(PLACES[model] ?? "", Object.fromEntries(filters));
}
