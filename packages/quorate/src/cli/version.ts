/** Put in by the bundle; unknown where the sources run unbundled, as in tests. */
export const VERSION = process.env.QUORATE_VERSION ?? "0.0.0";
