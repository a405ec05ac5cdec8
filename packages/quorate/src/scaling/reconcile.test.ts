import { expect, it, vi } from "vitest";
import { observe } from "../cluster/observe.ts";
import { type ReconcileOptions, reconcile } from "./reconcile.ts";
import { healthyView } from "./testing/views.ts";

vi.mock("../cluster/observe.ts", () => ({ observe: vi.fn() }));

it("ends where the StatefulSet was deleted and created again: the plan was agreed to for another one", async () => {
	const view = healthyView();
	const unsettled = { ...view, statefulSet: { ...view.statefulSet, observed: false } };
	vi.mocked(observe).mockResolvedValue({ ...view, statefulSet: { ...view.statefulSet, uid: "another" } });
	const changes = vi.fn(async () => {});
	const options = {
		...{ cluster: {}, goal: { replicas: 2, snapshot: false }, view: unsettled, saved: {} },
		...{ signal: new AbortController().signal, emit: () => {}, approve: () => {}, beforeChange: changes },
	} as unknown as ReconcileOptions;
	await expect(reconcile(options)).rejects.toMatchObject({
		message: expect.stringContaining("deleted and created again"),
	});
	expect(changes).not.toHaveBeenCalled();
});
