// The application of the article: who may read its pages.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Group implements Namespace {
  related: {
    members: (User | SubjectSet<Group, "members">)[]
  }
}

class app implements Namespace {
  related: {
    read: (User | SubjectSet<Group, "members">)[]
    owner: User[]
  }

  permits = {
    view: (ctx: Context): boolean =>
      this.related.read.includes(ctx.subject) || this.related.owner.includes(ctx.subject),
  }
}
