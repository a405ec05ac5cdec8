import type { Container } from "kubernetes-types/core/v1";
import type { Image } from "../images/index.ts";
import { expand } from "./expand.ts";

/** What a container runs: `command` stands for the image's entry point, `args` for its arguments; `$(NAME)` is expanded. */
export function commandLine(
	container: Pick<Container, "command" | "args">,
	image: Pick<Image, "entrypoint" | "command">,
	environment: Record<string, string>,
): string[] {
	const own = container.command?.length ? container.command : undefined;
	const args = container.args?.length ? container.args : own ? [] : image.command;
	const fromPod = (text: string) => expand(text, (name) => environment[name]);
	const command = own ? own.map(fromPod) : image.entrypoint;
	return [...command, ...(container.args?.length ? args.map(fromPod) : args)];
}
