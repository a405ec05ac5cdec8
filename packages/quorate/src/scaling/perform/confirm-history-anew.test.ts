import { expect, it, vi } from "vitest";
import { healthyView } from "../testing/views.ts";
import { confirmHistory } from "./confirm-history.ts";
import { LookAgain, type PerformContext } from "./context.ts";
import { proveAndRecord } from "./prove.ts";

vi.mock("./prove.ts", () => ({ proveAndRecord: vi.fn(async () => "equal") }));

it("takes nothing away by what was seen before all was proven once more: that may take minutes", async () => {
	const context = { cluster: {}, signal: new AbortController().signal } as unknown as PerformContext;
	const step = { kind: "remove-member", ordinal: 2, memberId: 103n } as const;
	await expect(confirmHistory(context, healthyView(), step)).rejects.toBeInstanceOf(LookAgain);
	expect(proveAndRecord).toHaveBeenCalledOnce();
});
