// Where the page is: #/place/id?filters. All state that a link should keep stands in the address.
import { signal } from "./vendor.js";

export const route = signal(read());
addEventListener("hashchange", () => (route.value = read()));

function read() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  return { parts, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Return the address of a place. */
export function to(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(given).toString();
  return `#/${path}${text && `?${text}`}`;
}

/** Go to a place. */
export function go(path, query) {
  location.hash = to(path, query);
}

/** Change some parameters of the address; those that are empty go. */
export function refine(changes) {
  const { parts, query } = route.value;
  go(parts.map(encodeURIComponent).join("/"), { ...query, ...changes });
}
