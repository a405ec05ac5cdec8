import type { QuorateError } from "../../errors.ts";
import { document } from "./document.ts";

export const errorDocument = (error: QuorateError) =>
	document("Error", { ...error.toJSON(), exitCode: error.exitCode });
