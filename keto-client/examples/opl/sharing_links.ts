// Sharing by link: whoever has been given a link views what it leads to, until the link is deleted.
import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"

class User implements Namespace {}

class Link implements Namespace {
  related: {
    holders: User[]
  }
}

class Photo implements Namespace {
  related: {
    owners: User[]
    links: Link[]
    view_links: SubjectSet<Link, "holders">[]
  }

  permits = {
    view: (ctx: Context): boolean =>
      this.related.owners.includes(ctx.subject) ||
      this.related.view_links.includes(ctx.subject) ||
      this.permits.comment(ctx),
    // A link in `links` allows more than one in `view_links`.
    comment: (ctx: Context): boolean =>
      this.related.owners.includes(ctx.subject) ||
      this.related.links.traverse((l) => l.related.holders.includes(ctx.subject)),
  }
}
