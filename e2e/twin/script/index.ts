import type { Chapter } from "../operation.ts";
import { cluster } from "./cluster.ts";
import { nodes } from "./nodes.ts";
import { patching } from "./patching.ts";
import { power } from "./power.ts";
import { reading } from "./reading.ts";
import { scaling } from "./scaling.ts";
import { wrongInput } from "./wrong-input.ts";

/** All that is done to both servers. */
export const CHAPTERS: readonly Chapter[] = [wrongInput, patching, reading, cluster, scaling, nodes, power];
