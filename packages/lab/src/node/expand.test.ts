import { expect, test } from "vitest";
import { expand } from "./expand.ts";

const variables: Record<string, string> = { NAME: "etcd-0", EMPTY: "", NESTED: "$(NAME)" };

test.each([
	["$(NAME)", "etcd-0"],
	["http://$(NAME).peers:2380", "http://etcd-0.peers:2380"],
	["$(NAME)$(NAME)", "etcd-0etcd-0"],
	["a$(EMPTY)b", "ab"],
	["$(NESTED)", "$(NAME)"],
	["$(MISSING)", "$(MISSING)"],
	["$$(NAME)", "$(NAME)"],
	["$$$(NAME)", "$etcd-0"],
	["$$$$(NAME)", "$$(NAME)"],
	["$(NAME", "$(NAME"],
	["$(NA$(NAME)", "$(NA$(NAME)"],
	["$()", "$()"],
	["$NAME $x $", "$NAME $x $"],
	["$", "$"],
	["$$", "$"],
	["cost: 5$", "cost: 5$"],
	["", ""],
])("%j becomes %j", (text, expected) => {
	expect(expand(text, (name) => variables[name])).toBe(expected);
});
