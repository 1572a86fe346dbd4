// The language of the page. English texts are the keys; the others are looked up.
import { signal } from "./vendor.js";

export const LANGUAGES = { en: "English", es: "Español", fr: "Français" };
const KEY = "migas-language";

export const language = signal("en");
const words = signal({});

/** Return a text in the language of the page, with its {names} filled in. */
export function t(text, values = {}) {
  const found = words.value[text] ?? text;
  return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Use a language from now on. */
export async function speak(code) {
  words.value = code === "en" ? {} : (await import(`./texts/${code}.js`)).default;
  language.value = code;
  document.documentElement.lang = code;
  localStorage.setItem(KEY, code);
}

/** Return the language that was chosen before, or the browser's. */
export function preferred() {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages];
  return wanted.map((one) => (one ?? "").slice(0, 2)).find((one) => one in LANGUAGES) ?? "en";
}

export const number = (value) => new Intl.NumberFormat(language.value).format(value ?? 0);

export function moment(text) {
  if (!text) return t("never");
  const format = { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(language.value, format).format(new Date(text));
}

export function day(text) {
  return text
    ? new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(new Date(text))
    : "";
}

/** Return how long ago something was. */
export function ago(text) {
  if (!text) return t("never");
  const seconds = (new Date(text) - Date.now()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, one]) => Math.abs(seconds) >= one) ?? units.at(-1);
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  return format.format(Math.round(seconds / size), unit);
}

export function bytes(value) {
  if (!value) return "";
  const power = Math.min(4, Math.floor(Math.log(value) / Math.log(1024)));
  return `${(value / 1024 ** power).toFixed(power ? 1 : 0)} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}
