// The libraries that the pages use, under the names by which they import them.
import { h, render } from "preact";
import htm from "htm";

export { Fragment } from "preact";
export { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, useSignal } from "@preact/signals";
export { default as Plot } from "uplot";
export { render };
export const html = htm.bind(h);
