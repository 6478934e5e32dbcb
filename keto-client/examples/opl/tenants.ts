// Roles within tenants: a role of one tenant says nothing about another.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Role implements Namespace {
  related: {
    members: User[]
  }
}

class Tenant implements Namespace {
  related: {
    admins: (User | SubjectSet<Role, "members">)[]
    accountants: (User | SubjectSet<Role, "members">)[]
  }

  permits = {
    manage: (ctx: Context): boolean => this.related.admins.includes(ctx.subject),
    account: (ctx: Context): boolean =>
      this.related.accountants.includes(ctx.subject) || this.permits.manage(ctx),
  }
}

class Invoice implements Namespace {
  related: {
    tenant: Tenant[]
    approvers: User[]
  }

  permits = {
    view: (ctx: Context): boolean => this.related.tenant.traverse((t) => t.permits.account(ctx)),
    // Whoever approves must be an accountant of the tenant, too.
    approve: (ctx: Context): boolean =>
      this.related.approvers.includes(ctx.subject) && this.permits.view(ctx),
  }
}
