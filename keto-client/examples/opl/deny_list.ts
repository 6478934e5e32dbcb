// A deny list: readers read, unless they are blocked, in the channel or everywhere.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Server implements Namespace {
  related: {
    banned: User[]
  }
}

class Channel implements Namespace {
  related: {
    server: Server[]
    readers: User[]
    moderators: User[]
    blocked: User[]
  }

  permits = {
    read: (ctx: Context): boolean =>
      (this.related.readers.includes(ctx.subject) ||
        this.related.moderators.includes(ctx.subject)) &&
      !(this.related.blocked.includes(ctx.subject) ||
        this.related.server.traverse((s) => s.related.banned.includes(ctx.subject))),
  }
}
