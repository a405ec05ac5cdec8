import type { Container } from "kubernetes-types/core/v1";
import { type Environment, environmentOf, type KnownObjects, type PodFacts } from "./environment.ts";
import { readEtcdCommand, resolve, sourceOf } from "./etcd-command.ts";
import { quoted } from "./shell-script.ts";

/** The variable by which etcd reads a flag. */
export const variableOf = (flag: string): string => `ETCD_${flag.toUpperCase().replaceAll("-", "_")}`;

/** What a container tells etcd: flags before variables, and of several the last one. */
export class Settings {
	readonly command;
	readonly objects: KnownObjects;
	readonly #container: Container;

	constructor(container: Container, objects: KnownObjects = new Map()) {
		this.#container = container;
		this.objects = objects;
		this.command = readEtcdCommand(container);
	}

	/** As it stands in the template, references and all; "" where a switch has no value. Undefined: not set there. */
	source(flag: string): string | undefined {
		const given = this.#flag(flag);
		if (given) return given.value ? sourceOf(given.value) : "";
		return this.#container.env?.findLast(({ name }) => name === variableOf(flag))?.value;
	}

	/** In one pod, with UNKNOWN in it where that is not known. Undefined: not set, or set to nothing. */
	value(flag: string, environment: Environment): string | undefined {
		const given = this.#flag(flag);
		const text = given
			? resolve(given.value ?? [], environment, this.command.assigned)
			: environment.get(variableOf(flag));
		return text === "" ? undefined : text;
	}

	/** Whether a switch is on: a flag with or without a value, or a variable. False where that cannot be known. */
	isOn(flag: string, environment: Environment): boolean {
		const given = this.#flag(flag);
		return (given !== undefined && given.value === undefined) || isTrue(this.value(flag, environment) ?? "");
	}

	/** For people; undefined: not set. */
	quote(flag: string): string | undefined {
		const given = this.#flag(flag);
		if (given) return given.quote;
		const value = environmentOf(this.#container, { name: "", namespace: "" }, this.objects).get(variableOf(flag));
		if (value === undefined || value === "") return undefined;
		// what an object that was not read holds is told by itself
		const source = this.source(flag);
		const named = this.#container.env?.some(({ name }) => name === variableOf(flag));
		return named || [...value].every((char) => char !== "\0")
			? quoted(`${variableOf(flag)}=${source ?? value}`)
			: undefined;
	}

	in(pod: PodFacts): Environment {
		return environmentOf(this.#container, pod, this.objects);
	}

	#flag(flag: string) {
		return this.command.flags.findLast(({ name }) => name === flag);
	}
}

/** As Go's flags read it. */
const isTrue = (text: string): boolean => /^(1|t|true)$/i.test(text);
