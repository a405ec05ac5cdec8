import { stringify } from "yaml";

/** Long strings stay on one line, so that they can be copied. */
export const toYaml = (value: object): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
