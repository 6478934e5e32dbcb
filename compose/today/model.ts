import { Context, Namespace, SubjectSet } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Group implements Namespace {
  related: {
    members: (User | SubjectSet<Group, "members">)[]
  }
}

// The demo asks for "read" on the object "homepage" of this namespace.
class app implements Namespace {
  related: {
    read: (User | SubjectSet<Group, "members">)[]
    owner: User[]
  }

  permits = {
    view: (ctx: Context): boolean =>
      this.related.read.includes(ctx.subject) ||
      this.related.owner.includes(ctx.subject),
  }
}
