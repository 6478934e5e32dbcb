// Groups in groups: a role is given to a group, and groups have groups as members.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Group implements Namespace {
  related: {
    members: (User | SubjectSet<Group, "members">)[]
  }
}

class Printer implements Namespace {
  related: {
    users: (User | SubjectSet<Group, "members">)[]
  }

  permits = {
    print: (ctx: Context): boolean => this.related.users.includes(ctx.subject),
  }
}
