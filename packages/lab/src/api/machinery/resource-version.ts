/** What Kubernetes says of a resource version that is none. */
export const notANumber = (text: string): string =>
	`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
