import { expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { rights } from "./rights.ts";
import { inputOf } from "./testing/input.ts";

const goal = { replicas: 4, snapshot: true };
const missing = (missingRights: string[], provisioner?: string) =>
	rights(inputOf({ goal, missingRights, view: healthyView(provisioner === undefined ? {} : { provisioner }) }));

it("names each right that is missing, and the command that an administrator can give", () => {
	const found = missing([
		"update statefulsets.apps in namespace mayastor",
		"create persistentvolumes in the whole cluster",
	]);
	expect(found).toMatchObject({
		status: "fail",
		saw: expect.stringMatching(/update statefulsets\.apps in namespace mayastor.*create persistentvolumes/),
		hint: expect.stringMatching(/: quorate rbac scale -n mayastor \| kubectl apply -f -$/),
	});
});

it("asks for no rights on volumes where a provisioner makes them", () => {
	const volumes = ["create pods in namespace mayastor", "create persistentvolumes in the whole cluster"];
	expect(missing(volumes, "example.com/fast")).toMatchObject({ status: "pass" });
	const found = missing([...volumes, "delete pods in namespace mayastor"], "example.com/fast");
	expect(found).toMatchObject({
		status: "fail",
		saw: expect.not.stringMatching(/create/),
		hint: expect.stringMatching(/: quorate rbac scale -n mayastor --provisioned \| kubectl apply -f -$/),
	});
});

it("only warns one who changes nothing", () => {
	const all = inputOf({ missingRights: ["update statefulsets.apps in namespace mayastor"] });
	expect(rights(all)).toMatchObject({ status: "warn" });
});
