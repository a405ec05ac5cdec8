import type { Chapter } from "../operation.ts";
import { cluster } from "./cluster.ts";

/** All that is done to both servers. */
export const CHAPTERS: readonly Chapter[] = [cluster];
