// Repositories of organizations, as at a code host: teams, roles and an owner of everything.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Team implements Namespace {
  related: {
    members: (User | SubjectSet<Team, "members">)[]
  }
}

class Organization implements Namespace {
  related: {
    owners: User[]
    members: User[]
  }

  permits = {
    administrate: (ctx: Context): boolean => this.related.owners.includes(ctx.subject),
    read: (ctx: Context): boolean =>
      this.related.members.includes(ctx.subject) || this.related.owners.includes(ctx.subject),
  }
}

class Repository implements Namespace {
  related: {
    organization: Organization[]
    admins: (User | SubjectSet<Team, "members">)[]
    writers: (User | SubjectSet<Team, "members">)[]
    readers: (User | SubjectSet<Team, "members">)[]
  }

  permits = {
    administrate: (ctx: Context): boolean =>
      this.related.admins.includes(ctx.subject) ||
      this.related.organization.traverse((o) => o.permits.administrate(ctx)),
    push: (ctx: Context): boolean =>
      this.related.writers.includes(ctx.subject) || this.permits.administrate(ctx),
    pull: (ctx: Context): boolean =>
      this.related.readers.includes(ctx.subject) ||
      this.permits.push(ctx) ||
      this.related.organization.traverse((o) => o.permits.read(ctx)),
  }
}
