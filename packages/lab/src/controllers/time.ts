/** Now, as Kubernetes' `Time` is written: RFC 3339 in whole seconds. */
export const timestamp = (ms = Date.now()): string => new Date(ms).toISOString().replace(/\.\d+/, "");
