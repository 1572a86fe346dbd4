// Fields that many forms have.
import { t } from "../texts.js";
import { attributeName } from "./basics.js";

/** A search finds words: "HST-pc-1" is the prefix HST and the value pc-1. */
export const ATTRIBUTE_WORDS = (words) => words.replace("-", " ");

export const attributes = (name, label, hint) => ({
  name,
  label,
  hint,
  kind: "picks",
  from: "attributes/",
  name_of: attributeName,
  words: ATTRIBUTE_WORDS,
});

export const included = () => attributes("included_attributes", t("Included attributes"));
export const excluded = () => attributes("excluded_attributes", t("Excluded attributes"));
export const nameField = () => ({ name: "name", label: t("Name"), required: true });
export const enabledField = () => ({ name: "enabled", label: t("Enabled"), kind: "tick", start: true });

export const projectField = (extra = {}) => ({
  name: "project",
  label: t("Project"),
  kind: "choice",
  from: "projects/",
  required: true,
  ...extra,
});

/** The seven languages in which properties and faults may be written. */
export const languageField = () => ({
  name: "language",
  label: t("Language"),
  kind: "choice",
  from: "/api/v1/public/languages/",
  required: true,
  start: "1",
  read: ({ language }) => LANGUAGES.indexOf(language) >= 0 ? String(LANGUAGES.indexOf(language)) : language?.toString(),
});

const LANGUAGES = ["bash", "python", "perl", "php", "ruby", "cmd", "powershell"];
