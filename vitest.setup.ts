import fc from "fast-check";

// a change is judged by the same examples each time; `npm run test:all` looks for new ones
fc.configureGlobal(process.env.QUORATE_EXPLORE === "full" ? {} : { seed: 20_260 });
