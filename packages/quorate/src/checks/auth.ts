import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "auth-enough",
	group: "etcd",
	passes: "etcd's auth is off, or etcd takes the user and it has the role `root`",
	why: "only the role root may save a snapshot, compare hashes and change members",
	todo: "give etcd's user: `--user`, `--user-secret`",
};

/** etcd's own role that may do everything; nothing less may save a snapshot or change members. */
const ROOT = "root";

const GIVE_USER =
	"give etcd's user: --user-secret NAME (keys username and password), or --user root, which asks for the password";

export const auth = check(about, ({ security }) => {
	const seen = security.auth;
	if (seen.state === "unknown") return { status: "skip", saw: `not known: ${seen.trouble}` };
	if (seen.state === "off") return { status: "pass", saw: "etcd's auth is off" };
	if (seen.user === undefined)
		return {
			status: "fail",
			saw: `etcd's auth is on, but no user is given${seen.trouble ? `: ${seen.trouble}` : ""}`,
			why: "etcd lets nobody read its keys or change its members who is not a user of its own",
			hint: GIVE_USER,
		};
	if (seen.roles === undefined)
		return {
			status: "fail",
			saw: `etcd does not accept user ${seen.user}: ${seen.trouble}`,
			why: "nothing can be done as a user that etcd does not know",
			hint: GIVE_USER,
		};
	if (!seen.roles.includes(ROOT))
		return {
			status: "fail",
			saw: `user ${seen.user} lacks the role ${ROOT}: it has ${seen.roles.length === 0 ? "no role" : `only ${seen.roles.join(", ")}`}`,
			why: "only the role root may save a snapshot, compare hashes and change members",
			hint: `take another user, or give it that role: etcdctl user grant-role ${seen.user} ${ROOT}`,
		};
	return { status: "pass", saw: `etcd's auth is on; user ${seen.user} has the role ${seen.roles.join(", ")}` };
});
